#include "actions.hpp"

#include "letters.hpp"
#include "names.hpp"

#include <hive/sdk/crash_point.hpp>

namespace hive::lifecycle {

namespace {

constexpr std::chrono::seconds kStoreAgain{5};

Desired desired_by(Transient action, Desired now) {
  switch (action) {
    case Transient::spawning:
    case Transient::starting:
    case Transient::restarting: return Desired::running;
    case Transient::stopping:
    case Transient::destroying: return Desired::stopped;
    case Transient::rebuilding: return now;
  }
  return now;
}

bool is_over(const Action& action, const Status& done) {
  return action.what == Transient::destroying && done;
}

/// Whether the same start may do better a little later.
bool may_pass(Code code) {
  return code == Code::unavailable || code == Code::timeout || code == Code::busy || code == Code::internal;
}

}  // namespace

Actions::Actions(Ground& ground, Books books, Ended ended)
    : ground_(ground),
      host_(ground.host),
      swarm_(ground.swarm),
      books_(books),
      performer_(ground),
      ended_(std::move(ended)) {}

Result<Agent*> Actions::find(const std::string& name) {
  if (auto* agent = swarm_.find(name)) return agent;
  std::string known;
  for (const auto& one : swarm_.names()) known += known.empty() ? one : ", " + one;
  const std::string hint =
      books_.graves.find(name) != nullptr ? "it was destroyed and its state is kept" : "known are: " + known;
  return error(Code::not_found, "lifecycle: there is no agent '" + name + "'; " + hint);
}

Task<Result<Accepted>> Actions::accept(Order order) {
  if (ground_.is_ending())
    co_return error(Code::unavailable, "lifecycle: the host is stopping; ask again when it is back");
  const bool is_new = swarm_.find(order.name) == nullptr;
  if (is_new && order.what != Transient::spawning) co_return find(order.name).error();
  if (books_.graves.is_being_purged(order.name))
    co_return error(Code::conflict, "lifecycle: what was kept of " + order.name + " is being purged; wait for its end");
  auto& agent = swarm_.add(order.name);
  if (agent.action)
    co_return error(Code::conflict, "lifecycle: " + order.name + " is " + std::string(name_of(agent.action->what)) +
                                        " (" + agent.action->cause + "); wait for its end");
  const auto before = agent.desired;
  agent.desired = desired_by(order.what, before);
  if (is_new) agent.incarnation = books_.graves.incarnation_for(order.name);
  agent.action = Action{.what = order.what, .revision = order.revision, .purge = order.purge, .cause = order.cause};
  const Member member{order.name, agent.incarnation, agent.desired, agent.action};
  auto record = [this, &member] { return books_.roster.begin(member); };
  auto id = flat(co_await host_.blocking(record));
  auto& recorded = swarm_.add(order.name);
  if (!id) {
    recorded.action.reset();
    recorded.desired = before;
    if (is_new) swarm_.take_back(order.name);
    co_return id.error();
  }
  crash_point("lifecycle.begun");
  recorded.action->id = *id;
  recorded.reason.reset();
  recorded.left_stopped = false;
  books_.graves.drop({.name = order.name, .incarnation = member.incarnation});
  host_.publish(kTransientSet, TransientEvent{.name = order.name, .action = order.what});
  swarm_.show(order.name);
  host_.spawn(run(order.name, order.crowd));
  co_return Accepted{order.name, order.what};
}

/// Each step may be repeated; of a restart the start alone is, so that an agent is not stopped twice.
void Actions::take_up(const std::string& name) {
  auto& action = *swarm_.find(name)->action;
  if (action.what == Transient::restarting) action.what = Transient::starting;
  host_.info(std::string(name_of(action.what)) + " " + name + " was cut off and goes on");
  host_.spawn(run(name, Order::Crowd::limited));
}

Task<> Actions::run(std::string name, Order::Crowd crowd) {
  const bool limited = crowd == Order::Crowd::limited;
  if (limited) {
    auto entered = co_await places_.enter(host_);
    if (!entered) co_return;
  }
  auto done = co_await performer_.perform(name);
  if (limited) places_.leave();
  // What the host's own end cut off is no failure: the next start takes it up.
  if (ground_.is_ending()) co_return;
  crash_point("lifecycle.performed");
  co_await settle(name, done);
}

Task<> Actions::settle(std::string name, Status done) {
  const auto action = *swarm_.find(name)->action;
  auto recorded = co_await record_end(name, action, done);
  if (!recorded) co_return;
  crash_point("lifecycle.settled");
  announce_end(name, action, done);
  if (is_over(action, done)) co_return;
  if (!done) host_.warn(std::string(name_of(action.what)) + " " + name + ": " + done.error().message);
  if (!done && !may_pass(done.error().code)) swarm_.find(name)->left_stopped = true;
  ended_(std::move(name));
}

/// Until it is stored: what cannot be stored is not over. Errors: cancelled (the host stops).
Task<Status> Actions::record_end(std::string name, Action action, Status done) {
  const auto runs = swarm_.find(name)->desired == Desired::running ? Runs::yes : Runs::no;
  const auto letters = letters_for(name, action, done, runs);
  std::optional<Tombstone> tombstone;
  if (!action.purge) tombstone = Tombstone{name, swarm_.find(name)->incarnation, wall_time()};
  const bool over = is_over(action, done);
  auto record = [&] {
    return over ? books_.roster.bury(name, tombstone, letters) : books_.roster.settle(name, letters);
  };
  for (;;) {
    auto recorded = flat(co_await host_.blocking(record));
    if (recorded || ground_.is_ending()) co_return recorded;
    host_.fail("the end of an action on " + name + " cannot be stored: " + recorded.error().message);
    auto slept = co_await host_.sleep(kStoreAgain);
    if (!slept) co_return slept;
  }
}

void Actions::announce_end(const std::string& name, const Action& action, const Status& done) {
  books_.outbox.wake();
  if (is_over(action, done)) {
    const Gone gone{.name = name, .incarnation = swarm_.find(name)->incarnation, .purged = action.purge};
    swarm_.remove(name);
    host_.publish(kContainerRemoved, gone);
    if (!action.purge) books_.graves.add({name, gone.incarnation, wall_time()});
  } else {
    auto& agent = *swarm_.find(name);
    agent.action.reset();
    if (!done) agent.reason = done.error().message;
    swarm_.show(name);
  }
  TransientEvent event{.name = name, .action = action.what, .ok = done.has_value()};
  if (!done) event.error = done.error().message;
  host_.publish(kTransientCleared, event);
}

}  // namespace hive::lifecycle
