#pragma once
#include <hive/sdk/method.hpp>

/// Role `broker`: durable mailboxes. A message is queued, leased to a turn, then settled or dead.
namespace hive::broker {

enum class Kind { operator_, agent, system, question, reminder };
constexpr auto names(Of<Kind>) {
  return words<Kind>({{Kind::operator_, "operator"},
                      {Kind::agent, "agent"},
                      {Kind::system, "system"},
                      {Kind::question, "question"},
                      {Kind::reminder, "reminder"}});
}

enum class State { queued, leased, settled, dead };
constexpr auto names(Of<State>) {
  return words<State>(
      {{State::queued, "queued"}, {State::leased, "leased"}, {State::settled, "settled"}, {State::dead, "dead"}});
}

struct Message {
  std::int64_t id = 0;
  std::string from, to;
  Kind kind = Kind::agent;
  std::string body;
  std::optional<std::string> file;
  std::optional<std::int64_t> in_reply_to;
  Time sent_at;
  std::optional<bool> redelivered;
};
constexpr auto fields(Of<Message>) {
  return shape(field<&Message::id>("id", "unique in this hive, growing"),
               field<&Message::from>("from", "an agent, manager, operator or system"),
               field<&Message::to>("to", "the mailbox"), field<&Message::kind>("kind", "what it is"),
               field<&Message::body>("body", "text"),
               field<&Message::file>("file", "a path that the recipient can read"),
               field<&Message::in_reply_to>("in_reply_to", "the id that this answers"),
               field<&Message::sent_at>("sent_at", "when the message was stored"),
               field<&Message::redelivered>("redelivered", "true: it was handed out before"));
}

/// Of any body that may be allowed; `[plugins.broker] body_bytes` allows agents less.
inline constexpr std::size_t kMostBodyBytes = 49'152;

struct Send {
  std::string to, body;
  std::optional<std::string> file;
  std::optional<std::int64_t> in_reply_to;
  std::optional<std::string> key;
};
constexpr auto fields(Of<Send>) {
  return shape(
      field<&Send::to>("to", "an agent's name, manager, operator, or * for everyone but the operator").max_bytes(64),
      field<&Send::body>("body", "the text, which may be empty when there is a file; longer text goes into a file")
          .max_bytes(kMostBodyBytes),
      field<&Send::file>("file",
                         "path of a file that the recipient can read: under /shared, or, for the operator and the "
                         "manager, in the sender's own /agents/<sender>/state")
          .max_bytes(4'096),
      field<&Send::in_reply_to>("in_reply_to", "id of the message that this answers").between(1, kMaxInteger),
      field<&Send::key>("key", "idempotency key, unique per sender, kept 30 days").max_bytes(128).as_hidden());
}
struct Sent {
  std::int64_t id = 0;
};
constexpr auto fields(Of<Sent>) {
  return shape(field<&Sent::id>("id", "id of the message; for * that of the first one"));
}

inline constexpr Method<Send, Sent> kSend{
    .name = "broker.send",
    .callers = Who::operators | Who::manager | Who::agents | Who::plugins,
    .doc = "Stores a message for a mailbox; durable when it answers.",
    .tool = {.name = "send",
             .description =
                 "Send a message to an agent, the manager or the operator, or with `*` in `to` to every agent and the "
                 "manager. It is stored once this answers. Write long text to a file under /shared/<your name>/ and "
                 "send its path in `file`.",
             .answer = "Sent as message {id}."},
    .cli = {.alias = "send", .positional = "to body"}};

struct SendLimits {
  std::int64_t body_bytes = 0;
  std::optional<std::string> trouble;
};
constexpr auto fields(Of<SendLimits>) {
  return shape(field<&SendLimits::body_bytes>("body_bytes", "longest body"),
               field<&SendLimits::trouble>("trouble", "why agents cannot send now; absent: they can"));
}
inline constexpr Method<None, SendLimits> kLimits{.name = "broker.limits",
                                                  .callers = Who::operators | Who::manager | Who::agents | Who::plugins,
                                                  .doc = "What a message of the caller may have."};

struct TurnBegun {
  std::int64_t turn = 0, returned = 0;
};
constexpr auto fields(Of<TurnBegun>) {
  return shape(field<&TurnBegun::turn>("turn", "the mailbox's current turn from now on"),
               field<&TurnBegun::returned>("returned", "messages of an unfinished turn that were queued again"));
}
inline constexpr Method<None, TurnBegun> kTurnBegin{.name = "broker.turn_begin",
                                                    .callers = Who::manager | Who::agents,
                                                    .doc = "Opens a turn; one still open gives its leases back."};

struct TurnEnd {
  std::int64_t turn = 0;
  bool ok = false;
  std::vector<std::string> unseen;
};
constexpr auto fields(Of<TurnEnd>) {
  return shape(field<&TurnEnd::turn>("turn", "number of the turn, as turn_begin gave it").between(1, kMaxInteger),
               field<&TurnEnd::ok>("ok", "true settles the turn's leases, false gives them back"),
               field<&TurnEnd::unseen>("unseen", "keys of recv calls whose answer nobody saw: their leases go back")
                   .max_items(1'024));
}
inline constexpr Method<TurnEnd, None> kTurnEnd{
    .name = "broker.turn_end",
    .callers = Who::manager | Who::agents,
    .doc = "Settles or returns all of a turn's leases in one transaction; may be repeated."};

struct Recv {
  std::optional<std::int64_t> wait_seconds, max;
  std::optional<std::string> key;
};
constexpr auto fields(Of<Recv>) {
  return shape(field<&Recv::wait_seconds>("wait_seconds",
                                          "how long to wait for a message when there is none; 0 or absent: not at all")
                   .capped_at(180),
               field<&Recv::max>("max", "most messages to hand out; 32 when absent").between(1, 100),
               field<&Recv::key>("key", "a repeat with the same key in the same turn hands out the same messages")
                   .max_bytes(128)
                   .as_hidden());
}
struct Received {
  std::vector<Message> messages;
  std::int64_t waiting = 0;
};
constexpr auto fields(Of<Received>) {
  return shape(field<&Received::messages>("messages", "oldest first, leased to the open turn"),
               field<&Received::waiting>("waiting", "how many more are queued"));
}
inline constexpr Method<Recv, Received> kRecv{
    .name = "broker.recv",
    .callers = Who::manager | Who::agents,
    .doc = "Takes the oldest queued messages and leases them to the open turn.",
    .tool = {.name = "recv",
             .description =
                 "Take your next messages, the oldest first. What this gives you is taken out of your mailbox, and "
                 "counts as handled when your turn ends well. With `wait_seconds` 180 it waits until a message comes; "
                 "without it, it answers at once, with no messages if there are none. `waiting` in the answer is how "
                 "many more there are: call it again for them."},
    .deadline = std::chrono::milliseconds(185'000)};

enum class Box { in, out, all };
constexpr auto names(Of<Box>) {
  return words<Box>({{Box::in, "in"}, {Box::out, "out"}, {Box::all, "all"}});
}

struct Recent {
  std::optional<std::string> of, with;
  std::optional<std::int64_t> limit, before;
  std::optional<Box> box{};
};
constexpr auto fields(Of<Recent>) {
  return shape(field<&Recent::of>("of", "whose mail, or * for all; absent: the caller's own")
                   .max_bytes(64)
                   .callers(Who::operators),
               field<&Recent::with>("with", "only what went to or came from this name").max_bytes(64),
               field<&Recent::limit>("limit", "how many messages at most; 50 when absent").between(1, 500),
               field<&Recent::before>("before", "only messages whose id is below this one").between(1, kMaxInteger),
               field<&Recent::box>("box", "in: what came, out: what was sent, all: both (when absent)"));
}
/// Why a message is dead.
enum class Died { failed, purged };
constexpr auto names(Of<Died>) {
  return words<Died>({{Died::failed, "failed"}, {Died::purged, "purged"}});
}
struct Entry {
  Message message;
  State state = State::queued;
  std::optional<Died> died{};
};
constexpr auto fields(Of<Entry>) {
  return shape(
      field<&Entry::message>("message", "the message"), field<&Entry::state>("state", "state of the message now"),
      field<&Entry::died>(
          "died", "why a dead letter is dead: failed: five turns failed on it; purged: its recipient was purged"));
}
struct Entries {
  std::vector<Entry> messages;
  std::optional<bool> more{};
};
constexpr auto fields(Of<Entries>) {
  return shape(
      field<&Entries::messages>("messages", "newest first"),
      field<&Entries::more>("more", "true: there are older ones; ask for them with `before`, the id of the last one"));
}
inline constexpr std::string_view kMailColumns =
    "ID=message.id FROM=message.from TO=message.to STATE=state SENT=message.sent_at BODY=message.body";
inline constexpr Method<Recent, Entries> kRecent{
    .name = "broker.recent",
    .callers = Who::operators | Who::manager | Who::agents,
    .doc = "Own inbox and sent mail, newest first, as much as one answer holds.",
    .tool =
        {.name = "recent",
         .description =
             "List your messages, received and sent, newest first. It takes none out of your mailbox. When `more` in "
             "the answer is true there are older ones: ask for them with `before`, the id of the last one.",
         .effect = Effect::reads,
         .idempotent = true},
    .cli = {.positional = "of", .columns = kMailColumns}};

struct Search {
  std::string text;
  std::optional<std::string> from, to;
  std::optional<Time> since;
  std::optional<std::int64_t> before{};
};
constexpr auto fields(Of<Search>) {
  return shape(field<&Search::text>("text", "words to find").max_bytes(256),
               field<&Search::from>("from", "sender").max_bytes(64),
               field<&Search::to>("to", "recipient").max_bytes(64),
               field<&Search::since>("since", "not older than this"),
               field<&Search::before>("before", "only ids below this one").between(1, kMaxInteger));
}
struct Found {
  std::vector<Entry> messages;
  std::int64_t behind = 0;
  std::optional<bool> more{};
};
constexpr auto fields(Of<Found>) {
  return shape(
      field<&Found::messages>("messages", "newest first, at most 100"),
      field<&Found::behind>("behind", "messages stored but not indexed yet"),
      field<&Found::more>("more", "true: there are older ones; ask for them with `before`, the id of the last one"));
}
inline constexpr Method<Search, Found> kSearch{.name = "broker.search",
                                               .callers = Who::operators | Who::manager,
                                               .doc = "Finds messages by their words.",
                                               .cli = {.positional = "text", .columns = kMailColumns}};

struct Depth {
  std::string owner;
  std::int64_t queued = 0, leased = 0, dead = 0;
};
constexpr auto fields(Of<Depth>) {
  return shape(field<&Depth::owner>("owner", "the mailbox"),
               field<&Depth::queued>("queued", "messages that were not handed out yet"),
               field<&Depth::leased>("leased", "messages in a turn"),
               field<&Depth::dead>("dead", "messages that were given up after failed turns"));
}
struct Depths {
  std::vector<Depth> mailboxes;
};
constexpr auto fields(Of<Depths>) {
  return shape(field<&Depths::mailboxes>("mailboxes", "the caller's own, or all for the operator"));
}
inline constexpr Method<None, Depths> kDepth{
    .name = "broker.depth", .callers = Who::operators | Who::manager | Who::agents, .doc = "How much mail waits."};

struct ReadDead {
  std::optional<std::string> of;
  std::optional<std::int64_t> limit, before;
};
constexpr auto fields(Of<ReadDead>) {
  return shape(field<&ReadDead::of>("of", "only those of this mailbox").max_bytes(64),
               field<&ReadDead::limit>("limit", "50 when absent").between(1, 500),
               field<&ReadDead::before>("before", "only ids below this one").between(1, kMaxInteger));
}
struct DeadLetters {
  std::vector<Entry> messages;
  std::int64_t total = 0;
  std::optional<bool> more{};
};
constexpr auto fields(Of<DeadLetters>) {
  return shape(field<&DeadLetters::messages>("messages", "newest first"),
               field<&DeadLetters::total>("total", "how many there are in all mailboxes, or in the named one"),
               field<&DeadLetters::more>(
                   "more", "true: there are older ones; ask for them with `before`, the id of the last one"));
}
inline constexpr Method<ReadDead, DeadLetters> kDeadLetters{
    .name = "broker.dead_letters",
    .callers = Who::operators,
    .doc = "Messages that were given up: five turns failed on them, or their recipient was purged.",
    .cli = {
        .positional = "of",
        .columns = "ID=message.id FROM=message.from TO=message.to WHY=died SENT=message.sent_at BODY=message.body"}};

struct MessageRef {
  std::int64_t id = 0;
};
constexpr auto fields(Of<MessageRef>) {
  return shape(field<&MessageRef::id>("id", "id of the message").between(1, kMaxInteger));
}
inline constexpr Method<MessageRef, None> kRequeue{.name = "broker.requeue",
                                                   .callers = Who::operators,
                                                   .doc =
                                                       "Queues a dead letter again, unless its recipient was "
                                                       "purged.",
                                                   .cli = {.positional = "id"}};

struct RequeueAll {
  std::optional<std::string> of;
};
constexpr auto fields(Of<RequeueAll>) {
  return shape(field<&RequeueAll::of>("of", "only those of this mailbox; absent: those of all").max_bytes(64));
}
struct Requeued {
  std::int64_t requeued = 0, left = 0;
};
constexpr auto fields(Of<Requeued>) {
  return shape(field<&Requeued::requeued>("requeued", "how many are queued again"),
               field<&Requeued::left>("left", "how many stay, because their recipient was purged"));
}
inline constexpr Method<RequeueAll, Requeued> kRequeueAll{.name = "broker.requeue_all",
                                                          .callers = Who::operators,
                                                          .doc =
                                                              "Queues every dead letter again whose recipient was "
                                                              "not purged.",
                                                          .cli = {.positional = "of"}};

struct MessageEvent {
  Message message;
};
constexpr auto fields(Of<MessageEvent>) {
  return shape(field<&MessageEvent::message>("message", "the message"));
}
struct StateEvent {
  std::int64_t id = 0;
  std::string owner;
};
constexpr auto fields(Of<StateEvent>) {
  return shape(field<&StateEvent::id>("id", "id of the message"), field<&StateEvent::owner>("owner", "the mailbox"));
}
inline constexpr Event<MessageEvent> kSentEvent{"broker.sent", Who::operators | Who::plugins | Who::self,
                                                "A message was stored."};
inline constexpr Event<StateEvent> kDelivered{"broker.delivered", Who::operators | Who::plugins | Who::self,
                                              "A turn took it."};
inline constexpr Event<StateEvent> kSettled{"broker.settled", Who::operators | Who::plugins | Who::self,
                                            "Its turn ended well."};
inline constexpr Event<StateEvent> kReturned{"broker.returned", Who::operators | Who::plugins | Who::self,
                                             "It is queued again."};
inline constexpr Event<StateEvent> kDead{"broker.dead", Who::operators | Who::plugins | Who::self, "It was given up."};

struct DeadCount {
  std::int64_t total = 0;
};
constexpr auto fields(Of<DeadCount>) {
  return shape(field<&DeadCount::total>("total", "dead letters of all mailboxes from now on"));
}
inline constexpr Event<DeadCount> kDeadCount{"broker.dead_count", Who::operators | Who::plugins,
                                             "There are more or fewer dead letters."};

struct Space {
  std::optional<std::string> trouble;
};
constexpr auto fields(Of<Space>) {
  return shape(field<&Space::trouble>("trouble", "why agents cannot send now; absent: they can again"));
}
inline constexpr Event<Space> kSpace{"broker.space", Who::operators | Who::plugins,
                                     "The disk has too little room for the mail of agents, or has enough again."};

}  // namespace hive::broker
