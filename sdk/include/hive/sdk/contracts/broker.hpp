#pragma once
#include <hive/sdk/contracts/unreadable.hpp>
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
Fields fields(Of<Message>);

/// Of any body that may be allowed; `[plugins.broker] body_bytes` allows agents less.
inline constexpr std::size_t kMostBodyBytes = 49'152;

struct Send {
  std::string to, body;
  std::optional<std::string> file;
  std::optional<std::int64_t> in_reply_to;
  std::optional<std::string> key;
};
Fields fields(Of<Send>);
struct Sent {
  std::int64_t id = 0;
};
Fields fields(Of<Sent>);

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
    .cli = {.alias = "send", .positional = "to body"},
    .http = {"POST", "/op-send"}};

struct SendLimits {
  std::int64_t body_bytes = 0;
  std::optional<std::string> trouble;
};
Fields fields(Of<SendLimits>);
inline constexpr Method<None, SendLimits> kLimits{.name = "broker.limits",
                                                  .callers = Who::operators | Who::manager | Who::agents | Who::plugins,
                                                  .doc = "What a message of the caller may have."};

struct TurnBegun {
  std::int64_t turn = 0, returned = 0;
};
Fields fields(Of<TurnBegun>);
inline constexpr Method<None, TurnBegun> kTurnBegin{.name = "broker.turn_begin",
                                                    .callers = Who::manager | Who::agents,
                                                    .doc = "Opens a turn; one still open gives its leases back."};

struct TurnEnd {
  std::int64_t turn = 0;
  bool ok = false;
  std::vector<std::string> unseen;
};
Fields fields(Of<TurnEnd>);
inline constexpr Method<TurnEnd, None> kTurnEnd{
    .name = "broker.turn_end",
    .callers = Who::manager | Who::agents,
    .doc = "Settles or returns all of a turn's leases in one transaction; may be repeated."};

struct Recv {
  std::optional<std::int64_t> wait_seconds, max;
  std::optional<std::string> key;
};
Fields fields(Of<Recv>);
struct Received {
  std::vector<Message> messages;
  std::int64_t waiting = 0;
};
Fields fields(Of<Received>);
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
Fields fields(Of<Recent>);
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
Fields fields(Of<Entry>);
struct Entries {
  std::vector<Entry> messages;
  std::optional<bool> more{};
  LeftOut unreadable{};
};
Fields fields(Of<Entries>);
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
    .cli = {.positional = "of", .columns = kMailColumns},
    .http = {Route{.verb = "GET", .path = "/dashboard/history", .with = "of=*&limit=50"}}};

struct Search {
  std::string text;
  std::optional<std::string> from, to;
  std::optional<Time> since;
  std::optional<std::int64_t> before{};
};
Fields fields(Of<Search>);
struct Found {
  std::vector<Entry> messages;
  std::int64_t behind = 0;
  std::optional<bool> more{};
  LeftOut unreadable{};
};
Fields fields(Of<Found>);
inline constexpr Method<Search, Found> kSearch{.name = "broker.search",
                                               .callers = Who::operators | Who::manager,
                                               .doc = "Finds messages by their words.",
                                               .cli = {.positional = "text", .columns = kMailColumns}};

struct Depth {
  std::string owner;
  std::int64_t queued = 0, leased = 0, dead = 0;
};
Fields fields(Of<Depth>);
struct Depths {
  std::vector<Depth> mailboxes;
};
Fields fields(Of<Depths>);
inline constexpr Method<None, Depths> kDepth{
    .name = "broker.depth", .callers = Who::operators | Who::manager | Who::agents, .doc = "How much mail waits."};

struct ReadDead {
  std::optional<std::string> of;
  std::optional<std::int64_t> limit, before;
};
Fields fields(Of<ReadDead>);
struct DeadLetters {
  std::vector<Entry> messages;
  std::int64_t total = 0;
  std::optional<bool> more{};
  LeftOut unreadable{};
};
Fields fields(Of<DeadLetters>);
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
Fields fields(Of<MessageRef>);
inline constexpr Method<MessageRef, None> kRequeue{.name = "broker.requeue",
                                                   .callers = Who::operators,
                                                   .doc =
                                                       "Queues a dead letter again, unless its recipient was "
                                                       "purged.",
                                                   .cli = {.positional = "id"}};

struct RequeueAll {
  std::optional<std::string> of;
};
Fields fields(Of<RequeueAll>);
struct Requeued {
  std::int64_t requeued = 0, left = 0;
};
Fields fields(Of<Requeued>);
inline constexpr Method<RequeueAll, Requeued> kRequeueAll{.name = "broker.requeue_all",
                                                          .callers = Who::operators,
                                                          .doc =
                                                              "Queues every dead letter again whose recipient was "
                                                              "not purged.",
                                                          .cli = {.positional = "of"}};

struct MessageEvent {
  Message message;
};
Fields fields(Of<MessageEvent>);
struct StateEvent {
  std::int64_t id = 0;
  std::string owner;
};
Fields fields(Of<StateEvent>);
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
Fields fields(Of<DeadCount>);
inline constexpr Event<DeadCount> kDeadCount{"broker.dead_count", Who::operators | Who::plugins,
                                             "There are more or fewer dead letters."};

struct Space {
  std::optional<std::string> trouble;
};
Fields fields(Of<Space>);
inline constexpr Event<Space> kSpace{"broker.space", Who::operators | Who::plugins,
                                     "The disk has too little room for the mail of agents, or has enough again."};

}  // namespace hive::broker
