#include "broker.hpp"

#include "attachment.hpp"
#include "reply_size.hpp"

#include <hive/sdk/crash_point.hpp>

namespace hive::broker {
namespace {

constexpr std::int64_t kUsualMost = 32;
constexpr milliseconds kSweepPeriod{3'600'000};
constexpr milliseconds kLookAgain{10'000};
constexpr milliseconds kStoreAgain{1'000};

Limits limits_of(const Settings& settings) {
  Limits limits;
  limits.body_bytes = std::size_t(settings.body_bytes);
  limits.system_body_bytes = std::max(limits.system_body_bytes, limits.body_bytes);
  limits.kept_ms = settings.kept_days * kDayMs;
  limits.stored_messages = settings.sender_messages;
  limits.stored_bytes = settings.sender_mib << 20;
  return limits;
}

/// A plugin's body may say in `event` that it is a question or a reminder.
Kind kind_of_system(const std::string& body) {
  auto value = parse_json(body);
  if (!value || !value->is_object()) return Kind::system;
  const auto* event = value->get_object().if_contains("event");
  if (event == nullptr || !event->is_string()) return Kind::system;
  if (event->get_string() == "question_asked") return Kind::question;
  if (event->get_string() == "reminder") return Kind::reminder;
  return Kind::system;
}

Draft draft_of(const Caller& who, Party sender, const Send& what) {
  Draft draft;
  draft.sender = std::move(sender);
  draft.body = what.body;
  draft.in_reply_to = what.in_reply_to;
  draft.key = what.key;
  draft.sent_at = wall_time();
  if (who.who() == Who::operators) draft.kind = Kind::operator_;
  if (who.who() != Who::plugins) return draft;
  if (draft.key) draft.key = draft.sender.name + ":" + *draft.key;  // all plugins send as one sender
  draft.sender = std::string(kSystem);
  draft.kind = kind_of_system(draft.body);
  return draft;
}

std::size_t most_bytes(Who who, const Limits& limits) {
  return who == Who::plugins ? limits.system_body_bytes : limits.body_bytes;
}

Error too_long(const Draft& draft, const std::string& found, std::size_t most) {
  return error(Code::too_large, "body: has " + found + ", more than the " + std::to_string(most) +
                                    " allowed; write it to a file under /shared/" + draft.sender.name +
                                    "/ and send that path as file");
}

Status body_fits(Who who, const Draft& draft, const Limits& limits) {
  const auto most = most_bytes(who, limits);
  if (draft.body.size() > most) return too_long(draft, std::to_string(draft.body.size()) + " bytes", most);
  const auto bytes = wire_bytes(Mailboxes::message_of(draft, kManager));
  if (bytes <= kMostWireBytes) return {};
  return too_long(draft, std::to_string(bytes) + " characters as JSON text", kMostWireBytes);
}

/// Takes back what a call of recv was given, on every way out but the one on which its caller gets it.
class Handover {
 public:
  Handover(Writer& writer, WaiterRef waiter) : writer_(writer), waiter_(std::move(waiter)) {}
  Handover(const Handover&) = delete;
  ~Handover() {
    if (!waiter_) return;
    writer_.later([waiter = waiter_](Exchange& exchange) { return exchange.abandon(waiter); },
                  [waiter = waiter_](Exchange& exchange) { exchange.owe(waiter); });
  }
  void done() { waiter_.reset(); }

 private:
  Writer& writer_;
  WaiterRef waiter_;
};

}  // namespace

Broker::Broker(Host& host, Settings settings)
    : host_(host),
      limits_(limits_of(settings)),
      needed_space_{settings.free_percent, settings.free_mib},
      roster_(host, [this](Party party) { host_.spawn(begin_life(std::move(party))); }) {}

Status Broker::start() {
  auto mailboxes = Mailboxes::open(mail_file(), limits_, problem());
  if (!mailboxes) return mailboxes.error();
  auto history = History::open(mail_file(), {}, problem());
  if (!history) return history.error();
  history_.emplace(std::move(*history));
  const auto known = mailboxes->parties();
  if (!known) return known.error();
  read_ = mailboxes->counts().read();
  writer_.emplace(host_, Exchange(std::move(*mailboxes), DiskSpace(host_.root(), needed_space_)),
                  [this](Outcome outcome) { publish(std::move(outcome)); });
  answer_writing();
  answer_reading();
  roster_.start(*known);
  look_at_space();
  host_.spawn(keep_index());
  host_.spawn(sweep());
  host_.every(kSweepPeriod, [this] { return sweep(); });
  return {};
}

void Broker::answer_writing() {
  host_.answer(kSend, [this](Caller who, Send what) { return send(std::move(who), std::move(what)); },
               {{.member = "body", .bytes = limits_.body_bytes}});
  host_.answer(kRecv, [this](Caller who, Recv what) { return recv(std::move(who), std::move(what)); });
  host_.answer(kTurnBegin, [this](Caller who, None) { return turn_begin(std::move(who)); });
  host_.answer(kTurnEnd, [this](Caller who, TurnEnd what) { return turn_end(std::move(who), std::move(what)); });
  host_.answer(kRequeue, [this](Caller, MessageRef what) { return requeue(what.id); });
  host_.answer(kRequeueAll, [this](Caller, RequeueAll what) { return requeue_all(std::move(what)); });
}

void Broker::answer_reading() {
  host_.answer(kLimits, [this](Caller who, None) -> Result<SendLimits> {
    return SendLimits{std::int64_t(most_bytes(who.who(), limits_)), trouble_};
  });
  host_.answer(kRecent, [this](Caller who, Recent what) { return recent(std::move(who), std::move(what)); });
  host_.answer(kSearch, [this](Caller who, Search what) { return search(std::move(who), std::move(what)); });
  host_.answer(kDepth, [this](Caller who, None) { return depth(std::move(who)); });
  host_.answer(kDeadLetters, [this](Caller, ReadDead what) { return dead_letters(std::move(what)); });
}

Task<Result<Sent>> Broker::send(Caller who, Send what) {
  auto asking = party_of(who);
  auto sender = co_await std::move(asking);
  auto draft = draft_of(who, std::move(sender), what);
  auto checking = check(std::move(who), draft, std::move(what));
  auto owners = co_await std::move(checking);
  if (!owners && !draft.key) co_return owners.error();
  // A repeat answers what the first did, even if that would be refused by now.
  auto store = [&](Exchange& exchange) -> Result<std::int64_t> {
    if (owners) return exchange.send(draft, *owners);
    auto before = exchange.sent_before(draft);
    if (before && *before) return **before;
    return before ? owners.error() : before.error();
  };
  auto id = co_await writer_->run(store);
  if (!id) co_return id.error();
  crash_point("broker.send.unanswered");
  co_return Sent{*id};
}

Task<Party> Broker::party_of(Caller who) {
  std::string name(who.name());
  if (who.who() != Who::agents && who.who() != Who::manager) co_return Party(std::move(name));
  // It may be another one than the mailboxes know, its event still on the way; while lifecycle is away, that must do.
  if (!roster_.complete() || !roster_.knows(name)) {
    auto asking = roster_.refresh();
    auto asked = co_await std::move(asking);
    static_cast<void>(asked);
  }
  if (lives_begun_ > 0) {
    // What is read beside the writer must know of them too.
    auto nothing = [](Exchange&) { return Status{}; };
    auto heard = co_await writer_->run(nothing);
    static_cast<void>(heard);
  }
  co_return roster_.party(name);
}

/// For whom the draft is, once everything about it is in order; sets its file.
Task<Result<std::vector<Party>>> Broker::check(Caller who, Draft& draft, Send what) {
  if (draft.body.empty() && !what.file)
    co_return error(Code::invalid_params, "body: is empty; say something or send a file");
  if (auto fits = body_fits(who.who(), draft, limits_); !fits) co_return fits.error();
  auto asking = recipients(draft.sender.name, what.to);
  auto owners = co_await std::move(asking);
  if (!owners) co_return owners;
  if (who.who() == Who::agents || who.who() == Who::manager) {
    auto judging = roster_.may_write(draft.sender.name, what.to);
    auto may = co_await std::move(judging);
    if (!may) co_return may.error();
  }
  if (!what.file) co_return owners;
  std::vector<std::string> names;
  for (const auto& owner : *owners) names.push_back(owner.name);
  const Attachment attachment{*what.file, draft.sender.name, std::move(names)};
  auto look = [&] { return qualified(host_.root(), attachment); };
  auto looked = co_await host_.parallel(look);
  if (!looked) co_return looked.error();
  if (!*looked) co_return looked->error();
  draft.file = std::move(**looked);
  co_return owners;
}

Task<Result<std::vector<Party>>> Broker::recipients(std::string sender, std::string to) {
  const bool all = to == "*";
  if (all ? !roster_.complete() : !roster_.knows(to)) {
    // It may have been spawned just now, its event still on the way.
    auto asking = roster_.refresh();
    auto asked = co_await std::move(asking);
    if (!asked)
      co_return error(Code::unavailable,
                      "broker: who is in the hive is not known yet (" + asked.error().message + "); try again");
  }
  if (!all && !roster_.knows(to))
    co_return error(Code::not_found, "broker: there is no " + to + "; known are " + roster_.in_words());
  std::vector<Party> owners;
  if (all)
    for (const auto& name : roster_.agents_but(sender)) owners.push_back(roster_.party(name));
  else
    owners.push_back(roster_.party(to));
  if (owners.empty()) co_return error(Code::not_found, "broker: there is no other agent to send to");
  co_return owners;
}

Task<Result<Received>> Broker::recv(Caller who, Recv what) {
  const auto waiter = std::make_shared<Waiter>();  // shared with the writer: see Waiter
  auto asking = party_of(std::move(who));
  auto party = co_await std::move(asking);
  waiter->owner = std::move(party.name), waiter->incarnation = std::move(party.incarnation);
  waiter->key = std::move(what.key);
  waiter->most = what.max.value_or(kUsualMost);
  const auto seconds = what.wait_seconds.value_or(0);
  const auto park = seconds > 0 ? Exchange::Park::allowed : Exchange::Park::refused;
  Handover handover(*writer_, waiter);
  auto take = [&](Exchange& exchange) { return exchange.recv(waiter, park); };
  auto taken = co_await writer_->run(take);
  if (!taken) co_return taken.error();
  // A message of the same group may have reached it before this line.
  if (*taken == Exchange::Taken::parked && !waiter->answered) {
    auto arrived = co_await waiter->arrived.wait(host_, milliseconds(seconds * 1'000));
    if (arrived && !waiter->answered) {
      auto leave = [&](Exchange& exchange) { return exchange.leave(waiter); };
      auto left = co_await writer_->run(leave);
      if (!left) co_return left.error();
    }
  }
  if (co_await is_cancelled()) co_return error(Code::cancelled, "broker: the caller of recv went away");
  crash_point("broker.recv.unanswered");
  handover.done();
  if (!waiter->ended) co_return waiter->ended.error();
  Received received;
  received.messages = std::move(waiter->messages);
  received.waiting = waiter->waiting;
  co_return received;
}

Task<Result<TurnBegun>> Broker::turn_begin(Caller who) {
  auto asking = party_of(std::move(who));
  const auto owner = co_await std::move(asking);
  auto begin = [&](Exchange& exchange) { return exchange.turn_begin(owner); };
  auto begun = co_await writer_->run(begin);
  co_return begun;
}

Task<Result<None>> Broker::turn_end(Caller who, TurnEnd what) {
  auto asking = party_of(std::move(who));
  const auto owner = co_await std::move(asking);
  const auto now = wall_time();
  auto end = [&](Exchange& exchange) { return exchange.turn_end(owner, what, now); };
  auto ended = co_await writer_->run(end);
  if (!ended) co_return ended.error();
  crash_point("broker.turn_end.unanswered");
  co_return None{};
}

Task<Result<None>> Broker::requeue(std::int64_t id) {
  auto put_back = [&](Exchange& exchange) { return exchange.requeue(id); };
  auto done = co_await writer_->run(put_back);
  if (!done) co_return done.error();
  co_return None{};
}

Task<Result<Requeued>> Broker::requeue_all(RequeueAll what) {
  Requeued out;
  for (std::int64_t more = 1; more > 0; out.requeued += more) {
    auto step = [&](Exchange& exchange) { return exchange.requeue_some(what.of); };
    auto done = co_await writer_->run(step);
    if (!done) co_return done.error();
    more = *done;
  }
  ReadDead of{.of = std::move(what.of), .limit = 1, .before = {}};
  auto counting = dead_letters(std::move(of));
  auto left = co_await std::move(counting);
  if (!left) co_return left.error();
  out.left = left->total;
  co_return out;
}

Task<> Broker::begin_life(Party party) {
  const auto now = wall_time();
  ++lives_begun_;
  for (bool said = false;;) {
    auto begin = [&](Exchange& exchange) { return exchange.begin_life(party, now); };
    auto begun = co_await writer_->run(begin);
    if (begun) break;
    if (!std::exchange(said, true))
      host_.warn("for whom the name " + party.name + " stands cannot be stored: " + begun.error().message);
    auto slept = co_await host_.sleep(kStoreAgain);
    if (!slept || roster_.party(party.name).incarnation != party.incarnation) break;
  }
  --lives_begun_;
}

void Broker::look_at_space() {
  writer_->later([](Exchange& exchange) {
    exchange.look_at_space();
    return Status{};
  });
}

Task<> Broker::watch_space() {
  if (std::exchange(watches_space_, true)) co_return;
  while (trouble_) {
    auto slept = co_await host_.sleep(kLookAgain);
    if (!slept) co_return;
    look_at_space();
  }
  watches_space_ = false;
}

void Broker::publish(Outcome outcome) {
  for (const auto& one : outcome.happened) publish(one);
  if (outcome.dead) host_.publish(kDeadCount, DeadCount{*outcome.dead});
  if (outcome.space) {
    trouble_ = outcome.space->trouble;
    host_.warn(trouble_ ? *trouble_ : "the disk has room for the mail of agents again");
    host_.publish(kSpace, *outcome.space);
    host_.spawn(watch_space());
  }
  behind_ = true;
  stored_.notify_all();
}

void Broker::publish(const Happening& one) {
  const StateEvent changed{one.id, one.owner};
  switch (one.what) {
    case Happening::What::sent: return host_.publish(kSentEvent, MessageEvent{*one.message}, one.owner);
    case Happening::What::delivered: return host_.publish(kDelivered, changed, one.owner);
    case Happening::What::settled: return host_.publish(kSettled, changed, one.owner);
    case Happening::What::returned: return host_.publish(kReturned, changed, one.owner);
    case Happening::What::dead: return host_.publish(kDead, changed, one.owner);
  }
}

}  // namespace hive::broker
