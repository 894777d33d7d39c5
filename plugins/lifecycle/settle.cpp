#include "letters.hpp"
#include "lifecycle.hpp"

#include <hive/sdk/crash_point.hpp>

namespace hive::lifecycle {

namespace {

constexpr std::chrono::seconds kStoreAgain{5};

bool is_over(const Action& action, const Status& done) {
  return action.what == Transient::destroying && done;
}

/// Whether the same start may do better a little later.
bool may_pass(Code code) {
  return code == Code::unavailable || code == Code::timeout || code == Code::busy || code == Code::internal;
}

}  // namespace

Task<> Lifecycle::settle(std::string name, Status done) {
  const auto action = *swarm_.find(name)->action;
  auto recorded = co_await record_end(name, action, done);
  if (!recorded) co_return;
  crash_point("lifecycle.settled");
  announce_end(name, action, done);
  if (is_over(action, done)) co_return;
  if (!done) host_.warn(std::string(name_of(action.what)) + " " + name + ": " + done.error().message);
  if (!done && !may_pass(done.error().code)) swarm_.find(name)->left_stopped = true;
  co_await keep_running(name);
}

/// Until it is stored: what cannot be stored is not over. Errors: cancelled (the host stops).
Task<Status> Lifecycle::record_end(std::string name, Action action, Status done) {
  const auto runs = swarm_.find(name)->desired == Desired::running ? Runs::yes : Runs::no;
  const auto letters = letters_for(name, action, done, runs);
  std::optional<Tombstone> tombstone;
  if (!action.purge) tombstone = Tombstone{name, swarm_.find(name)->incarnation, wall_time()};
  const bool over = is_over(action, done);
  auto record = [&] { return over ? roster_->bury(name, tombstone, letters) : roster_->settle(name, letters); };
  for (;;) {
    auto recorded = flat(co_await host_.blocking(record));
    if (recorded || is_ending()) co_return recorded;
    host_.fail("the end of an action on " + name + " cannot be stored: " + recorded.error().message);
    auto slept = co_await host_.sleep(kStoreAgain);
    if (!slept) co_return slept;
  }
}

void Lifecycle::announce_end(const std::string& name, const Action& action, const Status& done) {
  outbox_->wake();
  if (is_over(action, done)) {
    const Gone gone{.name = name, .incarnation = swarm_.find(name)->incarnation, .purged = action.purge};
    swarm_.remove(name);
    host_.publish(kContainerRemoved, gone);
    if (!action.purge) {
      tombstones_.insert(tombstones_.begin(), Tombstone{name, gone.incarnation, wall_time()});
      host_.publish(kTombstoneChanged, tombstones_.front());
    }
  } else {
    auto& agent = *swarm_.find(name);
    agent.action.reset();
    if (!done) agent.reason = done.error().message;
    show(name);
  }
  TransientEvent event{.name = name, .action = action.what, .ok = done.has_value()};
  if (!done) event.error = done.error().message;
  host_.publish(kTransientCleared, event);
}

}  // namespace hive::lifecycle
