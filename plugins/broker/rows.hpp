#pragma once
#include "dead_mail.hpp"
#include "retention.hpp"

/// What statements of broker.sqlite and broker-search.sqlite take and give. Views in them are of the caller, or of the
/// row that was read last.
namespace hive::broker {

using sqlite::column;

/// A message `m` that is read, with what became of it. `id` has no table before it, so that the index can give it.
constexpr auto columns(Of<Entry>) {
  return sqlite::row(
      column<&Entry::message, &Message::id>("id"), column<&Entry::message, &Message::to>("m.owner"),
      column<&Entry::message, &Message::from>("m.sender"), column<&Entry::message, &Message::kind>("m.kind"),
      column<&Entry::message, &Message::body>("m.body"), column<&Entry::message, &Message::file>("m.file"),
      column<&Entry::message, &Message::in_reply_to>("m.in_reply_to"),
      column<&Entry::message, &Message::sent_at>("m.sent_at"),
      column<&Entry::message, &Message::redelivered>("handed").as("nullif(m.handed, 0)"),
      column<&Entry::state>("m.state"),
      column<&Entry::died>("died").as("CASE m.state WHEN 3 THEN m.id <= coalesce((SELECT since FROM main.lives WHERE "
                                      "name = m.owner), 0) END"));
}

constexpr auto columns(Of<NewMessage>) {
  return sqlite::row(column<&NewMessage::id>("id"), column<&NewMessage::owner>("owner"),
                     column<&NewMessage::sender>("sender"), column<&NewMessage::sender_life>("sender_life"),
                     column<&NewMessage::kind>("kind"), column<&NewMessage::state>("state"),
                     column<&NewMessage::turn>("turn"), column<&NewMessage::recv_key>("recv_key"),
                     column<&NewMessage::sent_at>("sent_at"), column<&NewMessage::settled_at>("settled_at"),
                     column<&NewMessage::in_reply_to>("in_reply_to"), column<&NewMessage::key>("key"),
                     column<&NewMessage::file>("file"), column<&NewMessage::body>("body"));
}

/// A lease of a mailbox. `failed`: turns that ended badly with it.
struct Held {
  std::int64_t id = 0, failed = 0;
  std::string sender;
  std::optional<std::string> key;
};
constexpr auto columns(Of<Held>) {
  return sqlite::row(column<&Held::id>("id"), column<&Held::failed>("failed"), column<&Held::sender>("sender"),
                     column<&Held::key>("recv_key"));
}

/// How far a message is, between whom.
struct Standing {
  std::int64_t id = 0;
  std::string owner, sender;
  State state = State::queued;
};
constexpr auto columns(Of<Standing>) {
  return sqlite::row(column<&Standing::id>("id"), column<&Standing::owner>("owner"),
                     column<&Standing::sender>("sender"), column<&Standing::state>("state"));
}
constexpr auto columns(Of<DeadLetter>) {
  return sqlite::row(column<&DeadLetter::id>("m.id"), column<&DeadLetter::owner>("m.owner"),
                     column<&DeadLetter::sender>("m.sender"));
}

inline constexpr std::string_view kTextBytes =
    "length(CAST(m.body AS BLOB)) + coalesce(length(CAST(m.file AS BLOB)), 0)";
constexpr auto columns(Of<Counted>) {
  return sqlite::row(column<&Counted::id>("m.id"), column<&Counted::owner>("m.owner"),
                     column<&Counted::sender>("m.sender"), column<&Counted::text_bytes>("text_bytes").as(kTextBytes));
}

/// What the sweep looks at.
struct Kept {
  Counted message;
  State state = State::queued;
  std::optional<Time> settled_at;
  Time sent_at;
  bool has_key = false;
};
constexpr auto columns(Of<Kept>) {
  return sqlite::row(column<&Kept::message, &Counted::id>("m.id"), column<&Kept::message, &Counted::owner>("m.owner"),
                     column<&Kept::message, &Counted::sender>("m.sender"),
                     column<&Kept::message, &Counted::text_bytes>("text_bytes").as(kTextBytes),
                     column<&Kept::state>("m.state"), column<&Kept::settled_at>("m.settled_at"),
                     column<&Kept::sent_at>("m.sent_at"), column<&Kept::has_key>("has_key").as("m.key IS NOT NULL"));
}

constexpr auto columns(Of<Turn>) {
  return sqlite::row(column<&Turn::number>("turn"), column<&Turn::open>("is_open"));
}
struct NamedLife {
  std::string name;
  Life life;
};
constexpr auto columns(Of<NamedLife>) {
  return sqlite::row(column<&NamedLife::name>("name"), column<&NamedLife::life, &Life::incarnation>("incarnation"),
                     column<&NamedLife::life, &Life::number>("number"),
                     column<&NamedLife::life, &Life::since>("since"));
}

/// How many messages of one state there are in a mailbox, of one sender.
struct WaitingOf {
  std::string_view owner, sender;
  State state = State::queued;
  std::int64_t count = 0;
};
constexpr auto columns(Of<WaitingOf>) {
  return sqlite::row(column<&WaitingOf::owner>("owner"), column<&WaitingOf::sender>("sender"),
                     column<&WaitingOf::state>("state"), column<&WaitingOf::count>("count").as("count(*)"));
}
/// The same of all senders.
struct InState {
  std::string_view owner;
  State state = State::queued;
  std::int64_t count = 0;
};
constexpr auto columns(Of<InState>) {
  return sqlite::row(column<&InState::owner>("owner"), column<&InState::state>("state"),
                     column<&InState::count>("count").as("count(*)"));
}
/// What one sender has stored.
struct Stored {
  std::string_view sender;
  std::int64_t messages = 0, bytes = 0, unread = 0;
};
constexpr auto columns(Of<Stored>) {
  return sqlite::row(column<&Stored::sender>("sender"), column<&Stored::messages>("messages"),
                     column<&Stored::bytes>("bytes"), column<&Stored::unread>("unread"));
}
struct Unread {
  std::string_view sender;
  std::int64_t count = 0;
};
constexpr auto columns(Of<Unread>) {
  return sqlite::row(column<&Unread::sender>("m.sender"), column<&Unread::count>("count").as("count(*)"));
}
/// Ids up to which the saved tallies count, and the operator has read.
struct Marks {
  std::int64_t saved = 0, read = 0;
};
constexpr auto columns(Of<Marks>) {
  return sqlite::row(column<&Marks::saved>("saved"), column<&Marks::read>("read"));
}

/// A message as the index sees it.
struct Words {
  std::int64_t id = 0;
  std::string owner, sender, body;
};
constexpr auto columns(Of<Words>) {
  return sqlite::row(column<&Words::id>("id"), column<&Words::owner>("owner"), column<&Words::sender>("sender"),
                     column<&Words::body>("body"));
}
struct NewWords {
  std::int64_t id = 0;
  std::string_view body;
};
constexpr auto columns(Of<NewWords>) {
  return sqlite::row(column<&NewWords::id>("rowid"), column<&NewWords::body>("body"));
}
struct Mail {
  std::string_view name;
  Box box = Box::in;
  std::int64_t id = 0;
};
constexpr auto columns(Of<Mail>) {
  return sqlite::row(column<&Mail::name>("name"), column<&Mail::box>("box"), column<&Mail::id>("id"));
}

}  // namespace hive::broker
