#include "perform.hpp"

#include "seed.hpp"

#include <algorithm>

namespace hive::lifecycle {

using runtime::State;

Task<Status> Performer::perform(std::string name) {
  switch (swarm_.find(name)->action->what) {
    case Transient::spawning: co_return co_await create(name);
    case Transient::starting: co_return co_await start(name);
    case Transient::stopping: co_return co_await stop(name);
    case Transient::restarting: co_return co_await restart(name);
    case Transient::rebuilding: co_return co_await rebuild(name);
    case Transient::destroying: co_return co_await destroy(name);
  }
  co_return Status{};
}

Task<Status> Performer::create(std::string name) {
  auto seed = [this, &name]() -> Status {
    auto commit = seed_applied(host_.root(), name, wall_time());
    if (!commit) return commit.error();
    return seed_config(host_.root(), name, *commit);
  };
  auto seeded = flat(co_await host_.blocking(seed));
  if (!seeded) co_return seeded;
  auto prepared = co_await prepare(name);
  if (!prepared) co_return prepared.error();
  auto activated = co_await activate(name, prepared->generation);
  if (!activated) co_return activated.error();
  co_return co_await start(name);
}

Task<Status> Performer::start(std::string name) {
  const Name params{name};
  auto active = co_await host_.call(runtime::kActive, params);
  if (!active) co_return active.error();
  if (!active->generation) {
    auto prepared = co_await prepare(name);
    if (!prepared) co_return prepared.error();
    auto activated = co_await activate(name, prepared->generation);
    if (!activated) co_return activated.error();
  }
  auto started = co_await host_.call(runtime::kStart, params);
  if (!started) co_return started.error();
  swarm_.find(name)->seen = *started;
  if (started->state == State::running || started->state == State::starting) co_return Status{};
  co_return error(Code::unavailable,
                  "lifecycle: " + name + " does not run: " + started->reason.value_or("the runtime gives no reason"));
}

Task<Status> Performer::stop(std::string name) {
  const runtime::Stop params{.name = name, .grace_seconds = settings_.stop_grace_seconds};
  auto stopped = co_await host_.call(runtime::kStop, params);
  // A container that was never prepared is not there to be stopped.
  if (!stopped && stopped.error().code == Code::not_found) co_return Status{};
  if (!stopped) co_return stopped.error();
  swarm_.find(name)->seen = *stopped;
  co_return Status{};
}

Task<Status> Performer::restart(std::string name) {
  auto stopped = co_await stop(name);
  if (!stopped) co_return stopped;
  co_return co_await start(name);
}

Task<Status> Performer::rebuild(std::string name) {
  auto prepared = co_await prepare(name);
  if (!prepared) co_return prepared.error();
  auto waited = co_await await_turn_end(name);
  if (!waited) co_return waited;
  auto stopped = co_await stop(name);
  if (!stopped) co_return stopped;
  auto activated = co_await activate(name, prepared->generation);
  if (!activated) co_return activated;
  if (swarm_.find(name)->desired == Desired::stopped) co_return Status{};
  co_return co_await start(name);
}

Task<Status> Performer::destroy(std::string name) {
  auto stopped = co_await stop(name);
  if (!stopped) co_return stopped;
  const runtime::Destroy params{.name = name, .purge = swarm_.find(name)->action->purge};
  auto destroyed = co_await host_.call(runtime::kDestroy, params);
  if (!destroyed && destroyed.error().code != Code::not_found) co_return destroyed.error();
  co_return Status{};
}

Task<Result<runtime::Prepared>> Performer::prepare(std::string name) {
  const runtime::Prepare params{.name = name, .revision = swarm_.find(name)->action->revision};
  co_return co_await host_.call(runtime::kPrepare, params);
}

Task<Status> Performer::activate(std::string name, std::string generation) {
  const runtime::Activate params{.name = name, .generation = std::move(generation)};
  auto activated = co_await host_.call(runtime::kActivate, params);
  if (!activated) co_return activated.error();
  co_return Status{};
}

/// Waits until no turn is in progress, at most as long as the settings say: then the stop interrupts it.
Task<Status> Performer::await_turn_end(std::string name) {
  auto left = settings_.turn_wait_seconds * 1'000;
  const auto until = wall_time().ms + left;
  for (;;) {
    const auto* agent = swarm_.find(name);
    const bool in_turn =
        agent->runs() && agent->report &&
        (agent->report->state == turns::TurnState::thinking || agent->report->state == turns::TurnState::compacting);
    left = std::min(left, until - wall_time().ms);  // a clock that is put back makes no wait longer
    if (!in_turn || left <= 0) co_return Status{};
    auto changed = co_await reported_.wait(host_, milliseconds(left));
    if (!changed) co_return changed.error();
    if (!*changed) co_return Status{};
  }
}

}  // namespace hive::lifecycle
