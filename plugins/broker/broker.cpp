#include "broker.hpp"

#include "attachment.hpp"

#include <hive/sdk/crash_point.hpp>

namespace hive::broker {
namespace {

constexpr std::int64_t kLongestWaitSeconds = 180;
constexpr std::int64_t kUsualMost = 32;
constexpr milliseconds kSweepPeriod{3'600'000};

Limits limits_of(const Settings& settings) {
  Limits limits;
  limits.body_bytes = std::size_t(settings.body_bytes);
  limits.system_body_bytes = std::max(limits.system_body_bytes, limits.body_bytes);
  limits.kept_ms = settings.kept_days * kDayMs;
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

Draft draft_of(const Caller& who, const Send& what) {
  Draft draft;
  draft.sender = who.name();
  draft.body = what.body;
  draft.in_reply_to = what.in_reply_to;
  draft.key = what.key;
  draft.sent_at = wall_time();
  if (who.who() == Who::operators) draft.kind = Kind::operator_;
  if (who.who() != Who::plugins) return draft;
  if (draft.key) draft.key = draft.sender + ":" + *draft.key;  // all plugins send as one sender
  draft.sender = "system";
  draft.kind = kind_of_system(draft.body);
  return draft;
}

std::size_t most_bytes(Who who, const Limits& limits) {
  return who == Who::plugins ? limits.system_body_bytes : limits.body_bytes;
}

Status body_fits(Who who, const Draft& draft, const Limits& limits) {
  const auto most = most_bytes(who, limits);
  if (draft.body.size() <= most) return {};
  return error(Code::too_large, "body: has " + std::to_string(draft.body.size()) + " bytes, more than the " +
                                    std::to_string(most) + " allowed; write it to a file under /shared/" +
                                    draft.sender + "/ and send that path as file");
}

}  // namespace

Broker::Broker(Host& host, Settings settings) : host_(host), limits_(limits_of(settings)), roster_(host) {}

Status Broker::start() {
  auto mailboxes = Mailboxes::open(mail_file(), limits_);
  if (!mailboxes) return mailboxes.error();
  auto history = History::open(mail_file(), {});
  if (!history) return history.error();
  history_.emplace(std::move(*history));
  writer_.emplace(host_, Exchange(std::move(*mailboxes)),
                  [this](std::vector<Happening> happened) { publish(std::move(happened)); });
  answer_writing();
  answer_reading();
  roster_.start();
  host_.spawn(keep_index());
  host_.spawn(sweep());
  host_.every(kSweepPeriod, [this] { return sweep(); });
  return {};
}

void Broker::answer_writing() {
  host_.answer(kSend, [this](Caller who, Send what) { return send(std::move(who), std::move(what)); });
  host_.answer(kRecv, [this](Caller who, Recv what) { return recv(std::move(who), std::move(what)); });
  host_.answer(kTurnBegin, [this](Caller who, None) { return turn_begin(std::move(who)); });
  host_.answer(kTurnEnd, [this](Caller who, TurnEnd what) { return turn_end(std::move(who), std::move(what)); });
  host_.answer(kRequeue, [this](Caller, MessageRef what) { return requeue(what.id); });
}

void Broker::answer_reading() {
  host_.answer(kLimits, [this](Caller who, None) -> Result<SendLimits> {
    return SendLimits{std::int64_t(most_bytes(who.who(), limits_))};
  });
  host_.answer(kRecent, [this](Caller who, Recent what) { return recent(std::move(who), std::move(what)); });
  host_.answer(kSearch, [this](Caller, Search what) { return search(std::move(what)); });
  host_.answer(kDepth, [this](Caller who, None) { return depth(std::move(who)); });
  host_.answer(kDeadLetters, [this](Caller, None) { return dead_letters(); });
}

Task<Result<Sent>> Broker::send(Caller who, Send what) {
  auto draft = draft_of(who, what);
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

/// For whom the draft is, once everything about it is in order; sets its file.
Task<Result<std::vector<std::string>>> Broker::check(Caller who, Draft& draft, Send what) {
  if (draft.body.empty() && !what.file)
    co_return error(Code::invalid_params, "body: is empty; say something or send a file");
  if (auto fits = body_fits(who.who(), draft, limits_); !fits) co_return fits.error();
  auto asking = recipients(draft.sender, what.to);
  auto owners = co_await std::move(asking);
  if (!owners) co_return owners;
  if (who.who() == Who::agents || who.who() == Who::manager) {
    auto judging = roster_.may_write(draft.sender, what.to);
    auto may = co_await std::move(judging);
    if (!may) co_return may.error();
  }
  if (!what.file) co_return owners;
  const Attachment attachment{*what.file, draft.sender, *owners};
  auto look = [&] { return qualified(host_.root(), attachment); };
  auto looked = co_await host_.parallel(look);
  if (!looked) co_return looked.error();
  if (!*looked) co_return looked->error();
  draft.file = std::move(**looked);
  co_return owners;
}

Task<Result<std::vector<std::string>>> Broker::recipients(std::string sender, std::string to) {
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
  std::vector<std::string> owners;
  if (all)
    owners = roster_.agents_but(sender);
  else
    owners.push_back(std::move(to));
  if (owners.empty()) co_return error(Code::not_found, "broker: there is no other agent to send to");
  co_return owners;
}

Task<Result<Received>> Broker::recv(Caller who, Recv what) {
  const auto waiter = std::make_shared<Waiter>();  // shared with the writer: see Waiter
  waiter->owner = who.name();
  waiter->key = std::move(what.key);
  waiter->most = what.max.value_or(kUsualMost);
  const auto seconds = std::min(what.wait_seconds.value_or(0), kLongestWaitSeconds);
  const auto park = seconds > 0 ? Exchange::Park::allowed : Exchange::Park::refused;
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
  if (co_await is_cancelled()) {
    writer_->later([waiter](Exchange& exchange) { return exchange.abandon(waiter); });
    co_return error(Code::cancelled, "broker: the caller of recv went away");
  }
  crash_point("broker.recv.unanswered");
  if (!waiter->ended) co_return waiter->ended.error();
  Received received;
  received.messages = std::move(waiter->messages);
  received.waiting = waiter->waiting;
  co_return received;
}

Task<Result<TurnBegun>> Broker::turn_begin(Caller who) {
  const std::string owner(who.name());
  auto begin = [&](Exchange& exchange) { return exchange.turn_begin(owner); };
  auto begun = co_await writer_->run(begin);
  co_return begun;
}

Task<Result<None>> Broker::turn_end(Caller who, TurnEnd what) {
  const std::string owner(who.name());
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

void Broker::publish(std::vector<Happening> happened) {
  for (const auto& one : happened) publish(one);
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
