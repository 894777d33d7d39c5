#include "receiving.hpp"

#include <hive/sdk/crash_point.hpp>

namespace hive::broker {
namespace {

constexpr std::int64_t kUsualMost = 32;

/// Returns the leases that a call of recv was given, on every way out but the one on which its caller gets it.
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

Task<Result<Received>> Receiving::recv(Caller who, Recv what) {
  const auto waiter = std::make_shared<Waiter>();  // shared with the writer: see Waiter
  auto asking = callers_.identify(std::move(who));
  auto party = co_await std::move(asking);
  waiter->owner = std::move(party.name), waiter->incarnation = std::move(party.incarnation);
  waiter->key = std::move(what.key);
  waiter->most = what.max.value_or(kUsualMost);
  const auto seconds = what.wait_seconds.value_or(0);
  const auto park = seconds > 0 ? Exchange::Park::allowed : Exchange::Park::refused;
  Handover handover(writer_, waiter);
  auto take = [&](Exchange& exchange) { return exchange.recv(waiter, park); };
  auto taken = co_await writer_.run(take);
  if (!taken) co_return taken.error();
  // A message of the same group may have reached it before this line.
  if (*taken == Exchange::Taken::parked && !waiter->answered) {
    auto waiting = wait(waiter, milliseconds(seconds * 1'000));
    auto waited = co_await std::move(waiting);
    if (!waited) co_return waited.error();
  }
  if (co_await is_cancelled()) co_return error(Code::cancelled, "broker: the caller of recv went away");
  crash_point("broker.recv.unanswered");
  handover.done();
  if (!waiter->status) co_return waiter->status.error();
  Received received;
  received.messages = std::move(waiter->messages);
  received.waiting = waiter->waiting;
  co_return received;
}

/// Until it is answered or its time is up.
Task<Status> Receiving::wait(WaiterRef waiter, milliseconds time) {
  auto arrived = co_await waiter->arrived.wait(host_, time);
  if (!arrived || waiter->answered) co_return Status{};
  auto leave = [&](Exchange& exchange) { return exchange.leave(waiter); };
  auto left = co_await writer_.run(leave);
  co_return left;
}

Task<Result<TurnBegun>> Receiving::turn_begin(Caller who) {
  auto asking = callers_.identify(std::move(who));
  const auto owner = co_await std::move(asking);
  auto begin = [&](Exchange& exchange) { return exchange.turn_begin(owner); };
  auto begun = co_await writer_.run(begin);
  co_return begun;
}

Task<Result<None>> Receiving::turn_end(Caller who, TurnEnd what) {
  auto asking = callers_.identify(std::move(who));
  const auto owner = co_await std::move(asking);
  const auto now = wall_time();
  auto end = [&](Exchange& exchange) { return exchange.turn_end(owner, what, now); };
  auto ended = co_await writer_.run(end);
  if (!ended) co_return ended.error();
  crash_point("broker.turn_end.unanswered");
  co_return None{};
}

}  // namespace hive::broker
