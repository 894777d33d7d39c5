#include "broker.hpp"

namespace hive::broker {
namespace {

constexpr milliseconds kSweepPeriod{3'600'000};

Limits limits_of(const Settings& settings) {
  Limits limits;
  limits.body_bytes = std::size_t(settings.body_bytes);
  limits.system_body_bytes = std::max(limits.system_body_bytes, limits.body_bytes);
  limits.kept_ms = settings.kept_days * kDayMs;
  limits.stored_messages = settings.sender_messages;
  limits.stored_bytes = settings.sender_mib << 20;
  return limits;
}

}  // namespace

Broker::Broker(Host& host, Settings settings)
    : host_(host), limits_(limits_of(settings)), needed_space_{settings.free_percent, settings.free_mib} {}

Broker::Parts::Parts(Broker& broker, std::unique_ptr<Mailboxes> mailboxes, std::int64_t read)
    : reading(broker.host_, {callers, writer}, read),
      writer(broker.host_,
             std::make_unique<Exchange>(std::move(mailboxes), DiskSpace(broker.host_.root(), broker.needed_space_)),
             [&broker](News news) { broker.publish(std::move(news)); }),
      holders([this, &broker](Party party) { broker.host_.spawn(callers.begin_life(std::move(party))); }),
      roster(broker.host_, holders),
      callers(broker.host_, {roster, holders, writer}),
      sending(broker.host_, broker.limits_, {roster, holders, callers, writer}),
      receiving(broker.host_, callers, writer),
      indexing(broker.host_, reading, broker.files()),
      sweeping(broker.host_, {writer, indexing}, broker.limits_.kept_ms),
      space(broker.host_, writer) {}

Indexing::Files Broker::files() {
  return {.mail = host_.root() / "broker.sqlite",
          .index = host_.root() / "broker-search.sqlite",
          .problem = [this](const std::string& text) { host_.warn(text); }};
}

Status Broker::start() {
  const auto files = this->files();
  auto mailboxes = Mailboxes::open(files.mail, limits_, files.problem);
  if (!mailboxes) return mailboxes.error();
  const auto known = (*mailboxes)->lives.parties();
  if (!known) return known.error();
  const auto read = (*mailboxes)->messages.counts().read();
  parts_.emplace(*this, std::move(*mailboxes), read);
  if (auto opened = parts_->reading.open(files.mail, {}, files.problem); !opened) return opened;
  answer_writing();
  answer_reading();
  parts_->holders.start(*known);
  parts_->roster.start();
  parts_->space.look();
  host_.spawn(parts_->indexing.run());
  host_.spawn(parts_->sweeping.sweep());
  host_.every(kSweepPeriod, [this] { return parts_->sweeping.sweep(); });
  return {};
}

void Broker::answer_writing() {
  host_.answer(kSend, [this](Caller who, Send what) { return parts_->sending.send(std::move(who), std::move(what)); },
               {{.member = "body", .bytes = limits_.body_bytes}});
  host_.answer(kRecv,
               [this](Caller who, Recv what) { return parts_->receiving.recv(std::move(who), std::move(what)); });
  host_.answer(kTurnBegin, [this](Caller who, None) { return parts_->receiving.turn_begin(std::move(who)); });
  host_.answer(kTurnEnd, [this](Caller who, TurnEnd what) {
    return parts_->receiving.turn_end(std::move(who), std::move(what));
  });
  host_.answer(kRequeue, [this](Caller, MessageRef what) { return requeue(what.id); });
  host_.answer(kRequeueAll, [this](Caller, RequeueAll what) { return requeue_all(std::move(what)); });
}

void Broker::answer_reading() {
  host_.answer(kLimits, [this](Caller who, None) -> Result<SendLimits> {
    return SendLimits{std::int64_t(most_body_bytes(who.who(), limits_)), parts_->space.trouble()};
  });
  host_.answer(kRecent,
               [this](Caller who, Recent what) { return parts_->reading.recent(std::move(who), std::move(what)); });
  host_.answer(kSearch, [this](Caller who, Search what) { return search(std::move(who), std::move(what)); });
  host_.answer(kDepth, [this](Caller who, None) { return parts_->reading.depth(std::move(who)); });
  host_.answer(kDeadLetters, [this](Caller, ReadDead what) { return parts_->reading.dead_letters(std::move(what)); });
}

Task<Result<None>> Broker::requeue(std::int64_t id) {
  auto queue = [&](Exchange& exchange) { return exchange.upkeep().requeue(id); };
  auto done = co_await parts_->writer.run(queue);
  if (!done) co_return done.error();
  co_return None{};
}

Task<Result<Requeued>> Broker::requeue_all(RequeueAll what) {
  Requeued out;
  for (std::int64_t more = 1; more > 0; out.requeued += more) {
    auto step = [&](Exchange& exchange) { return exchange.upkeep().requeue_some(what.of); };
    auto done = co_await parts_->writer.run(step);
    if (!done) co_return done.error();
    more = *done;
  }
  ReadDead of{.of = std::move(what.of), .limit = 1, .before = {}};
  auto counting = parts_->reading.dead_letters(std::move(of));
  auto left = co_await std::move(counting);
  if (!left) co_return left.error();
  out.left = left->total;
  co_return out;
}

Task<Result<Found>> Broker::search(Caller who, Search what) {
  auto opening = parts_->indexing.await_open();
  auto opened = co_await std::move(opening);
  if (!opened) co_return opened.error();
  co_return co_await parts_->reading.search(std::move(who), std::move(what));
}

void Broker::publish(News news) {
  for (const auto& one : news.happened) publish(one);
  if (news.dead) host_.publish(kDeadCount, DeadCount{*news.dead});
  if (news.space) parts_->space.hear(*news.space);
  parts_->indexing.wake();
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
