#include <hive/sdk/contracts/broker.hpp>

namespace hive::broker {

Fields fields(Of<Message>) {
  static constexpr auto kShape =
      shape(field<&Message::id>("id", "unique in this hive, growing"),
            field<&Message::from>("from", "an agent, manager, operator or system"),
            field<&Message::to>("to", "the mailbox"), field<&Message::kind>("kind", "what it is"),
            field<&Message::body>("body", "text"), field<&Message::file>("file", "a path that the recipient can read"),
            field<&Message::in_reply_to>("in_reply_to", "the id that this answers"),
            field<&Message::sent_at>("sent_at", "when the message was stored"),
            field<&Message::redelivered>("redelivered", "true: it was handed out before"));
  return kShape;
}

Fields fields(Of<Send>) {
  static constexpr auto kShape = shape(
      field<&Send::to>("to", "an agent's name, manager, operator, or * for everyone but the operator").max_bytes(64),
      field<&Send::body>("body", "the text, which may be empty when there is a file; longer text goes into a file")
          .max_bytes(kMostBodyBytes),
      field<&Send::file>("file",
                         "path of a file that the recipient can read: under /shared, or, for the operator and the "
                         "manager, in the sender's own /agents/<sender>/state")
          .max_bytes(4'096),
      field<&Send::in_reply_to>("in_reply_to", "id of the message that this answers").between(1, kMaxInteger),
      field<&Send::key>("key", "idempotency key, unique per sender, kept 30 days").max_bytes(128).as_hidden());
  return kShape;
}

Fields fields(Of<Sent>) {
  static constexpr auto kShape = shape(field<&Sent::id>("id", "id of the message; for * that of the first one"));
  return kShape;
}

Fields fields(Of<SendLimits>) {
  static constexpr auto kShape =
      shape(field<&SendLimits::body_bytes>("body_bytes", "longest body"),
            field<&SendLimits::trouble>("trouble", "why agents cannot send now; absent: they can"));
  return kShape;
}

Fields fields(Of<TurnBegun>) {
  static constexpr auto kShape =
      shape(field<&TurnBegun::turn>("turn", "the mailbox's current turn from now on"),
            field<&TurnBegun::returned>("returned", "messages of an unfinished turn that were queued again"));
  return kShape;
}

Fields fields(Of<TurnEnd>) {
  static constexpr auto kShape =
      shape(field<&TurnEnd::turn>("turn", "number of the turn, as turn_begin gave it").between(1, kMaxInteger),
            field<&TurnEnd::ok>("ok", "true settles the turn's leases, false gives them back"),
            field<&TurnEnd::unseen>("unseen", "keys of recv calls whose answer nobody saw: their leases go back")
                .max_items(1'024));
  return kShape;
}

Fields fields(Of<Recv>) {
  static constexpr auto kShape =
      shape(field<&Recv::wait_seconds>("wait_seconds",
                                       "how long to wait for a message when there is none; 0 or absent: not at all")
                .capped_at(180),
            field<&Recv::max>("max", "most messages to hand out; 32 when absent").between(1, 100),
            field<&Recv::key>("key", "a repeat with the same key in the same turn hands out the same messages")
                .max_bytes(128)
                .as_hidden());
  return kShape;
}

Fields fields(Of<Received>) {
  static constexpr auto kShape = shape(field<&Received::messages>("messages", "oldest first, leased to the open turn"),
                                       field<&Received::waiting>("waiting", "how many more are queued"));
  return kShape;
}

Fields fields(Of<Recent>) {
  static constexpr auto kShape =
      shape(field<&Recent::of>("of", "whose mail, or * for all; absent: the caller's own")
                .max_bytes(64)
                .callers(Who::operators),
            field<&Recent::with>("with", "only what went to or came from this name").max_bytes(64),
            field<&Recent::limit>("limit", "how many messages at most; 50 when absent").between(1, 500),
            field<&Recent::before>("before", "only messages whose id is below this one").between(1, kMaxInteger),
            field<&Recent::box>("box", "in: what came, out: what was sent, all: both (when absent)"));
  return kShape;
}

Fields fields(Of<Entry>) {
  static constexpr auto kShape = shape(
      field<&Entry::message>("message", "the message"), field<&Entry::state>("state", "state of the message now"),
      field<&Entry::died>(
          "died", "why a dead letter is dead: failed: five turns failed on it; purged: its recipient was purged"));
  return kShape;
}

Fields fields(Of<Entries>) {
  static constexpr auto kShape = shape(
      field<&Entries::messages>("messages", "newest first"),
      field<&Entries::more>("more", "true: there are older ones; ask for them with `before`, the id of the last one"));
  return kShape;
}

Fields fields(Of<Search>) {
  static constexpr auto kShape =
      shape(field<&Search::text>("text", "words to find").max_bytes(256),
            field<&Search::from>("from", "sender").max_bytes(64), field<&Search::to>("to", "recipient").max_bytes(64),
            field<&Search::since>("since", "not older than this"),
            field<&Search::before>("before", "only ids below this one").between(1, kMaxInteger));
  return kShape;
}

Fields fields(Of<Found>) {
  static constexpr auto kShape = shape(
      field<&Found::messages>("messages", "newest first, at most 100"),
      field<&Found::behind>("behind", "messages stored but not indexed yet"),
      field<&Found::more>("more", "true: there are older ones; ask for them with `before`, the id of the last one"));
  return kShape;
}

Fields fields(Of<Depth>) {
  static constexpr auto kShape = shape(field<&Depth::owner>("owner", "the mailbox"),
                                       field<&Depth::queued>("queued", "messages that were not handed out yet"),
                                       field<&Depth::leased>("leased", "messages in a turn"),
                                       field<&Depth::dead>("dead", "messages that were given up after failed turns"));
  return kShape;
}

Fields fields(Of<Depths>) {
  static constexpr auto kShape =
      shape(field<&Depths::mailboxes>("mailboxes", "the caller's own, or all for the operator"));
  return kShape;
}

Fields fields(Of<ReadDead>) {
  static constexpr auto kShape =
      shape(field<&ReadDead::of>("of", "only those of this mailbox").max_bytes(64),
            field<&ReadDead::limit>("limit", "50 when absent").between(1, 500),
            field<&ReadDead::before>("before", "only ids below this one").between(1, kMaxInteger));
  return kShape;
}

Fields fields(Of<DeadLetters>) {
  static constexpr auto kShape =
      shape(field<&DeadLetters::messages>("messages", "newest first"),
            field<&DeadLetters::total>("total", "how many there are in all mailboxes, or in the named one"),
            field<&DeadLetters::more>(
                "more", "true: there are older ones; ask for them with `before`, the id of the last one"));
  return kShape;
}

Fields fields(Of<MessageRef>) {
  static constexpr auto kShape = shape(field<&MessageRef::id>("id", "id of the message").between(1, kMaxInteger));
  return kShape;
}

Fields fields(Of<RequeueAll>) {
  static constexpr auto kShape =
      shape(field<&RequeueAll::of>("of", "only those of this mailbox; absent: those of all").max_bytes(64));
  return kShape;
}

Fields fields(Of<Requeued>) {
  static constexpr auto kShape =
      shape(field<&Requeued::requeued>("requeued", "how many are queued again"),
            field<&Requeued::left>("left", "how many stay, because their recipient was purged"));
  return kShape;
}

Fields fields(Of<MessageEvent>) {
  static constexpr auto kShape = shape(field<&MessageEvent::message>("message", "the message"));
  return kShape;
}

Fields fields(Of<StateEvent>) {
  static constexpr auto kShape =
      shape(field<&StateEvent::id>("id", "id of the message"), field<&StateEvent::owner>("owner", "the mailbox"));
  return kShape;
}

Fields fields(Of<DeadCount>) {
  static constexpr auto kShape = shape(field<&DeadCount::total>("total", "dead letters of all mailboxes from now on"));
  return kShape;
}

Fields fields(Of<Space>) {
  static constexpr auto kShape =
      shape(field<&Space::trouble>("trouble", "why agents cannot send now; absent: they can again"));
  return kShape;
}

}  // namespace hive::broker
