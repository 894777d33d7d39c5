#include <hive/sdk/contracts/broker.hpp>

namespace hive::broker {

Fields fields(Of<Message>) {
  static constexpr auto kShape =
      shape(field<&Message::id>(
                "id", "number of the message; it is unique in this hive, and later messages have larger ones"),
            field<&Message::from>("from", "sender: an agent's name, manager, operator or system"),
            field<&Message::to>("to", "owner of the mailbox: an agent's name, manager or operator"),
            field<&Message::kind>("kind", "kind of the message: what it is about"),
            field<&Message::body>("body", "text of the message"),
            field<&Message::file>("file", "path of a file that comes with it and that the recipient can read"),
            field<&Message::in_reply_to>("in_reply_to", "id of the message that this one answers"),
            field<&Message::sent_at>("sent_at", "when the message was stored"),
            field<&Message::redelivered>("redelivered",
                                         "true: the message was handed out before, in a turn that did not end well"));
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
  static constexpr auto kShape =
      shape(field<&Sent::id>("id", "id of the message; where it went to everyone, that of the first copy"));
  return kShape;
}

Fields fields(Of<SendLimits>) {
  static constexpr auto kShape =
      shape(field<&SendLimits::body_bytes>("body_bytes", "bytes that a body may have at most"),
            field<&SendLimits::trouble>("trouble", "why agents cannot send now; absent: they can send"));
  return kShape;
}

Fields fields(Of<TurnBegun>) {
  static constexpr auto kShape =
      shape(field<&TurnBegun::turn>("turn", "number of the turn that the mailbox is in from now on"),
            field<&TurnBegun::returned>("returned", "messages of an unfinished turn that were returned to the queue"));
  return kShape;
}

Fields fields(Of<TurnEnd>) {
  static constexpr auto kShape =
      shape(field<&TurnEnd::turn>("turn", "number of the turn, as turn_begin gave it").between(1, kMaxInteger),
            field<&TurnEnd::ok>("ok", "true: the turn's messages are settled; false: they are returned to the queue"),
            field<&TurnEnd::unseen>(
                "unseen", "keys of the recv calls whose answers nobody saw; their messages are returned to the queue")
                .max_items(1'024));
  return kShape;
}

Fields fields(Of<Recv>) {
  static constexpr auto kShape =
      shape(field<&Recv::wait_seconds>("wait_seconds",
                                       "seconds to wait for a message when none is queued; 0 or absent: no waiting")
                .capped_at(180),
            field<&Recv::max>("max", "messages to hand out at most; absent: 32").between(1, 100),
            field<&Recv::key>("key", "key of the call; a repeat with it in the same turn hands out the same messages")
                .max_bytes(128)
                .as_hidden());
  return kShape;
}

Fields fields(Of<Received>) {
  static constexpr auto kShape = shape(
      field<&Received::messages>("messages", "messages of the mailbox, oldest first; they are leased to the open turn"),
      field<&Received::waiting>("waiting", "number of messages that are still queued"));
  return kShape;
}

Fields fields(Of<Recent>) {
  static constexpr auto kShape =
      shape(field<&Recent::of>("of", "owner of the mail, or * for everyone's; absent: the caller")
                .max_bytes(64)
                .callers(Who::operators),
            field<&Recent::with>("with", "a name; only messages that it sent or received are listed").max_bytes(64),
            field<&Recent::limit>("limit", "messages to list at most; absent: 50").between(1, 500),
            field<&Recent::before>("before", "only messages whose id is below this one").between(1, kMaxInteger),
            field<&Recent::box>(
                "box",
                "direction of the messages: `in` for received ones, `out` for sent ones, `all` for both; absent: all"));
  return kShape;
}

Fields fields(Of<Entry>) {
  static constexpr auto kShape = shape(
      field<&Entry::message>("message", "the message itself"),
      field<&Entry::state>("state", "state that the message is in now"),
      field<&Entry::died>(
          "died", "why a dead letter is dead. failed: five turns failed on it; purged: its recipient was purged"));
  return kShape;
}

Fields fields(Of<Entries>) {
  static constexpr auto kShape = shape(
      field<&Entries::messages>("messages", "messages that were found, newest first"),
      field<&Entries::more>(
          "more", "true: there are older messages; the id of the last one here, given as `before`, asks for them"),
      left_out<&Entries::unreadable>());
  return kShape;
}

Fields fields(Of<Search>) {
  static constexpr auto kShape =
      shape(field<&Search::text>("text", "words that the messages contain").max_bytes(256),
            field<&Search::from>("from", "sender of the messages").max_bytes(64),
            field<&Search::to>("to", "recipient of the messages").max_bytes(64),
            field<&Search::since>("since", "time of the oldest message to look at"),
            field<&Search::before>("before", "id of a message; only older ones are looked at").between(1, kMaxInteger));
  return kShape;
}

Fields fields(Of<Found>) {
  static constexpr auto kShape = shape(
      field<&Found::messages>("messages", "messages that were found, newest first, at most 100"),
      field<&Found::behind>("behind", "number of messages that are stored and cannot be found yet"),
      field<&Found::more>(
          "more", "true: there are older messages; the id of the last one here, given as `before`, asks for them"),
      left_out<&Found::unreadable>());
  return kShape;
}

Fields fields(Of<Depth>) {
  static constexpr auto kShape =
      shape(field<&Depth::owner>("owner", "owner of the mailbox"),
            field<&Depth::queued>("queued", "number of messages that wait to be handed out"),
            field<&Depth::leased>("leased", "number of messages that are in a turn now"),
            field<&Depth::dead>("dead", "number of messages that were given up after failed turns"));
  return kShape;
}

Fields fields(Of<Depths>) {
  static constexpr auto kShape =
      shape(field<&Depths::mailboxes>("mailboxes", "mailbox of the caller; for the operator those of everyone"));
  return kShape;
}

Fields fields(Of<ReadDead>) {
  static constexpr auto kShape =
      shape(field<&ReadDead::of>("of", "owner of a mailbox; absent: dead letters of every mailbox").max_bytes(64),
            field<&ReadDead::limit>("limit", "messages to list at most; absent: 50").between(1, 500),
            field<&ReadDead::before>("before", "id of a message; only older ones are listed").between(1, kMaxInteger));
  return kShape;
}

Fields fields(Of<DeadLetters>) {
  static constexpr auto kShape = shape(
      field<&DeadLetters::messages>("messages", "dead letters, newest first"),
      field<&DeadLetters::total>("total", "number of dead letters in every mailbox, or in the one that was named"),
      field<&DeadLetters::more>(
          "more", "true: there are older ones; the id of the last one here, given as `before`, asks for them"),
      left_out<&DeadLetters::unreadable>());
  return kShape;
}

Fields fields(Of<MessageRef>) {
  static constexpr auto kShape = shape(field<&MessageRef::id>("id", "id of the message").between(1, kMaxInteger));
  return kShape;
}

Fields fields(Of<RequeueAll>) {
  static constexpr auto kShape = shape(
      field<&RequeueAll::of>("of", "owner of a mailbox; absent: the dead letters of every mailbox are queued again")
          .max_bytes(64));
  return kShape;
}

Fields fields(Of<Requeued>) {
  static constexpr auto kShape =
      shape(field<&Requeued::requeued>("requeued", "number of messages that are queued again"),
            field<&Requeued::left>("left", "number of messages that stay dead, because their recipient was purged"));
  return kShape;
}

Fields fields(Of<MessageEvent>) {
  static constexpr auto kShape = shape(field<&MessageEvent::message>("message", "message that was stored"));
  return kShape;
}

Fields fields(Of<StateEvent>) {
  static constexpr auto kShape = shape(field<&StateEvent::id>("id", "id of the message"),
                                       field<&StateEvent::owner>("owner", "owner of the mailbox that has it"));
  return kShape;
}

Fields fields(Of<DeadCount>) {
  static constexpr auto kShape =
      shape(field<&DeadCount::total>("total", "number of dead letters in every mailbox together"));
  return kShape;
}

Fields fields(Of<Space>) {
  static constexpr auto kShape =
      shape(field<&Space::trouble>("trouble", "why agents cannot send now; absent: they can send again"));
  return kShape;
}

}  // namespace hive::broker
