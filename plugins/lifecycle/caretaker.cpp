#include "caretaker.hpp"

namespace hive::lifecycle {

namespace {

constexpr std::chrono::seconds kAskAgain{1}, kAskAtLeast{60};

}  // namespace

Task<> Caretaker::look_after_all() {
  co_await looks_.look_all();
  co_await look_after_each();
}

Task<> Caretaker::look_after_each() {
  co_await looks_.look_each();
  for (const auto& name : swarm_.names())
    if (const auto* agent = swarm_.find(name); agent != nullptr && (agent->unseen || agent->ended_against_desired()))
      host_.spawn(look_after(name));
}

/// Looks at an agent until the runtime says how it is. False: the host stops, or the agent is no more. One look
/// an agent at a time waits so: what comes meanwhile finds the same.
Task<bool> Caretaker::look_until_seen(std::string name) {
  for (auto pause = kAskAgain;; pause = std::min(pause * 2, kAskAtLeast)) {
    auto looked = co_await looks_.look(name);
    auto* agent = swarm_.find(name);
    if (ground_.is_ending() || agent == nullptr) co_return false;
    if (looked) co_return true;
    if (agent->look_waits) co_return false;
    agent->look_waits = true;
    auto slept = co_await host_.sleep(pause);
    agent = swarm_.find(name);
    if (agent != nullptr) agent->look_waits = false;
    if (!slept || agent == nullptr) co_return false;
  }
}

Task<> Caretaker::look_after(std::string name) {
  auto looking = look_until_seen(name);
  const bool seen = co_await std::move(looking);
  auto* agent = swarm_.find(name);
  if (!seen || ground_.is_ending() || agent == nullptr || agent->restart_waits || !agent->ended_against_desired())
    co_return;
  if (ground_.settings.restart == RestartPolicy::never) co_return;
  const auto wait = agent->restarts.count_next(wall_time());
  if (!wait) {
    agent->reason = "it ended again after " + std::to_string(ground_.settings.restarts_in_10_minutes) +
                    " restarts in 10 minutes and is left stopped: " + agent->seen.reason.value_or("nobody knows why");
    agent->left_stopped = true;
    host_.fail(name + ": " + *agent->reason);
    swarm_.show(name);
    co_return;
  }
  agent->restart_waits = true;
  auto slept = co_await host_.sleep(*wait);
  agent = swarm_.find(name);
  if (agent == nullptr) co_return;
  agent->restart_waits = false;
  if (!slept) co_return;
  co_await start_again(name);
}

Task<> Caretaker::start_again(std::string name) {
  auto looking = look_until_seen(name);
  const bool seen = co_await std::move(looking);
  const auto* agent = swarm_.find(name);
  if (!seen || ground_.is_ending() || agent == nullptr || !agent->ended_against_desired()) co_return;
  Order order{.name = name, .what = Transient::starting, .cause = "it had ended unexpectedly"};
  auto accepted = co_await actions_.accept(std::move(order));
  if (accepted || accepted.error().code == Code::conflict) co_return;  // the end of what is in flight looks again
  host_.warn(name + " is not started again: " + accepted.error().message);
  host_.spawn(look_after(name));
}

}  // namespace hive::lifecycle
