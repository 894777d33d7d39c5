#include "lifecycle.hpp"
#include "names.hpp"
#include "seed.hpp"

#include <hive/git/repository.hpp>

namespace hive::lifecycle {

namespace {

constexpr std::chrono::seconds kAskAgain{1}, kAskAtLeast{60};

constexpr None kNothing;

}  // namespace

/// After start(), in the background: what runs is taken over, what was cut off goes on, then what should
/// run is started.
Task<> Lifecycle::bring_up(std::vector<std::string> unfinished) {
  for (;;) {
    auto adopted = co_await adopt_containers();
    if (adopted) break;
    if (is_ending()) co_return;
    host_.warn("the runtime cannot say what runs: " + adopted.error().message);
    auto slept = co_await host_.sleep(kAskAgain);
    if (!slept) co_return;
  }
  co_await look_all();
  take_up(unfinished);
  co_await ensure_manager();
  co_await begin_what_should_run();
  co_await look_after_each();
}

/// Containers that the roster does not know are its own from now on: its file was lost or is older.
Task<Status> Lifecycle::adopt_containers() {
  auto listed = co_await host_.call(runtime::kList, kNothing);
  if (!listed) co_return listed.error();
  for (auto& container : listed->containers) {
    if (is_tombstone(container.name)) continue;
    if (auto* agent = swarm_.find(container.name)) {
      agent->seen = std::move(container);
      continue;
    }
    auto adopting = adopt(std::move(container));
    auto adopted = co_await std::move(adopting);
    if (!adopted) co_return adopted;
  }
  co_return Status{};
}

/// It is in the swarm only when it is recorded as well: its incarnation is to outlive the host.
Task<Status> Lifecycle::adopt(runtime::Container container) {
  auto& agent = swarm_.add(container.name);
  agent.incarnation = new_incarnation();
  agent.seen = container;
  agent.desired = agent.runs() ? Desired::running : Desired::stopped;
  const Member member{.name = container.name, .incarnation = agent.incarnation, .desired = agent.desired};
  auto record = [this, &member] { return roster_->adopt(member); };
  auto recorded = flat(co_await host_.blocking(record));
  const auto* held = swarm_.find(member.name);
  if (!recorded && held != nullptr && !held->action) swarm_.remove(member.name);
  if (!recorded) co_return recorded;
  host_.warn(member.name + " was not in the roster and was taken over as " + std::string(name_of(member.desired)));
  co_return Status{};
}

Task<> Lifecycle::ensure_manager() {
  const std::string name(kManager);
  if (!settings_.manager || swarm_.find(name) != nullptr) co_return;
  Order order{
      .name = name, .what = Transient::spawning, .cause = "the hive has a manager", .crowd = Order::Crowd::limited};
  auto accepted = co_await accept(std::move(order));
  if (!accepted) host_.fail("there is no manager: " + accepted.error().message);
}

Task<> Lifecycle::begin_what_should_run() {
  for (const auto& name : swarm_.names()) {
    const auto* agent = swarm_.find(name);
    if (agent == nullptr || agent->action || agent->desired == Desired::stopped || agent->runs()) continue;
    Order order{
        .name = name, .what = Transient::starting, .cause = "the host has started", .crowd = Order::Crowd::limited};
    auto accepted = co_await accept(std::move(order));
    if (!accepted) host_.fail(name + " is not started: " + accepted.error().message);
  }
}

/// What the last life of the host had begun and not ended. Each step may be repeated; of a restart
/// the start alone is, so that an agent is not stopped twice.
void Lifecycle::take_up(const std::vector<std::string>& unfinished) {
  for (const auto& name : unfinished) {
    auto& action = *swarm_.find(name)->action;
    if (action.what == Transient::restarting) action.what = Transient::starting;
    host_.info(std::string(name_of(action.what)) + " " + name + " was cut off and goes on");
    host_.spawn(run(name, Order::Crowd::limited));
  }
}

/// Looks up what the runtime, the login and the deployed configuration of one agent are now.
Task<Status> Lifecycle::look(std::string name) {
  const Name params{name};
  auto seen = co_await host_.call(runtime::kStatus, params);
  const bool failed = !seen && seen.error().code != Code::not_found;
  if (auto* looked_at = swarm_.find(name)) looked_at->unseen = failed;
  if (failed) co_return seen.error();
  auto login = co_await host_.call(runtime::kLoginState, params);
  auto read_main = [this, &name]() -> Result<std::string> {
    auto applied = git::Repository::open(places_of(host_.root(), name).applied);
    if (!applied) return applied.error();
    return applied->resolve("main");
  };
  auto main = flat(co_await host_.parallel(read_main));
  auto* agent = swarm_.find(name);
  if (agent == nullptr) co_return Status{};
  if (seen)
    agent->seen = *seen;
  else if (agent->seen.state != runtime::State::absent)
    agent->seen = {.name = name, .since = wall_time()};
  if (login) agent->logged_in = login->logged_in;
  agent->main.reset();
  if (main) agent->main = *main;
  show(name);
  co_return Status{};
}

Task<> Lifecycle::look_all() {
  auto reported = co_await host_.call(turns::kList, kNothing);
  if (reported) {
    for (auto& [name, report] : reported->agents)
      if (auto* agent = swarm_.find(name)) agent->report = std::move(report);
    turn_changed_.notify_all();
  }
  co_await look_each();
}

Task<> Lifecycle::look_each() {
  for (const auto& name : swarm_.names()) {
    auto looked = co_await look(name);
    if (!looked && !is_ending()) host_.warn(name + " cannot be looked at: " + looked.error().message);
  }
}

/// All of it, reports too, where events were lost.
Task<> Lifecycle::look_after_all() {
  co_await look_all();
  co_await look_after_each();
}

/// Of a swarm that is up: who is found to have ended is started again, whatever the look was for.
Task<> Lifecycle::look_after_each() {
  co_await look_each();
  for (const auto& name : swarm_.names())
    if (const auto* agent = swarm_.find(name); agent != nullptr && (agent->unseen || agent->ended_against_desired()))
      host_.spawn(keep_running(name));
}

/// Looks at an agent until the runtime says how it is. False: the host stops, or the agent is no more. One look
/// an agent at a time waits so: what comes meanwhile finds the same.
Task<bool> Lifecycle::look_until_seen(std::string name) {
  for (auto pause = kAskAgain;; pause = std::min(pause * 2, kAskAtLeast)) {
    auto looked = co_await look(name);
    auto* agent = swarm_.find(name);
    if (is_ending() || agent == nullptr) co_return false;
    if (looked) co_return true;
    if (agent->look_waits) co_return false;
    agent->look_waits = true;
    auto slept = co_await host_.sleep(pause);
    agent = swarm_.find(name);
    if (agent != nullptr) agent->look_waits = false;
    if (!slept || agent == nullptr) co_return false;
  }
}

/// Looks at an agent, and starts it again when it ended against the desired state.
Task<> Lifecycle::keep_running(std::string name) {
  auto looking = look_until_seen(name);
  const bool seen = co_await std::move(looking);
  auto* agent = swarm_.find(name);
  if (!seen || is_ending() || agent == nullptr || agent->restart_waits || !agent->ended_against_desired()) co_return;
  if (settings_.restart == RestartPolicy::never) co_return;
  const auto wait = agent->restarts.next(wall_time());
  if (!wait) {
    agent->reason = "it ended again after " + std::to_string(settings_.restarts_in_10_minutes) +
                    " restarts in 10 minutes and is left stopped: " + agent->seen.reason.value_or("nobody knows why");
    agent->left_stopped = true;
    host_.fail(name + ": " + *agent->reason);
    show(name);
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

Task<> Lifecycle::start_again(std::string name) {
  auto looking = look_until_seen(name);
  const bool seen = co_await std::move(looking);
  const auto* agent = swarm_.find(name);
  if (!seen || is_ending() || agent == nullptr || !agent->ended_against_desired()) co_return;
  Order order{.name = name, .what = Transient::starting, .cause = "it had ended unexpectedly"};
  auto accepted = co_await accept(std::move(order));
  if (accepted || accepted.error().code == Code::conflict) co_return;  // the end of what is in flight looks again
  host_.warn(name + " is not started again: " + accepted.error().message);
  host_.spawn(keep_running(name));
}

void Lifecycle::show(const std::string& name) {
  ContainerEvent event{swarm_.view(name)};
  auto text = encode_text(event);
  auto& shown = swarm_.find(name)->shown;
  if (text == shown) return;
  shown = std::move(text);
  host_.publish(kContainerChanged, event);
}

}  // namespace hive::lifecycle
