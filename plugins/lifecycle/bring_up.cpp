#include "bring_up.hpp"

#include "names.hpp"

namespace hive::lifecycle {

namespace {

constexpr std::chrono::seconds kAskAgain{1};

constexpr None kNothing;

}  // namespace

Task<> BringUp::run(std::vector<std::string> unfinished) {
  for (;;) {
    auto adopted = co_await adopt_containers();
    if (adopted) break;
    if (ground_.is_ending()) co_return;
    host_.warn("the runtime cannot say what runs: " + adopted.error().message);
    auto slept = co_await host_.sleep(kAskAgain);
    if (!slept) co_return;
  }
  co_await uses_.looks.look_all();
  for (const auto& name : unfinished) uses_.actions.take_up(name);
  co_await ensure_manager();
  co_await begin_what_should_run();
  co_await uses_.caretaker.look_after_each();
}

/// Containers that the roster does not know are its own from now on: its file was lost or is older.
Task<Status> BringUp::adopt_containers() {
  auto listed = co_await host_.call(runtime::kList, kNothing);
  if (!listed) co_return listed.error();
  for (auto& container : listed->containers) {
    if (uses_.graves.find(container.name) != nullptr) continue;
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
Task<Status> BringUp::adopt(runtime::Container container) {
  auto& agent = swarm_.add(container.name);
  agent.incarnation = new_incarnation();
  agent.seen = container;
  agent.desired = agent.runs() ? Desired::running : Desired::stopped;
  const Member member{.name = container.name, .incarnation = agent.incarnation, .desired = agent.desired};
  auto record = [this, &member] { return uses_.roster.adopt(member); };
  auto recorded = flat(co_await host_.blocking(record));
  const auto* held = swarm_.find(member.name);
  if (!recorded && held != nullptr && !held->action) swarm_.take_back(member.name);
  if (!recorded) co_return recorded;
  host_.warn(member.name + " was not in the roster and was taken over as " + std::string(name_of(member.desired)));
  co_return Status{};
}

Task<> BringUp::ensure_manager() {
  const std::string name(kManager);
  if (!ground_.settings.manager || swarm_.find(name) != nullptr) co_return;
  Order order{
      .name = name, .what = Transient::spawning, .cause = "the hive has a manager", .crowd = Order::Crowd::limited};
  auto accepted = co_await uses_.actions.accept(std::move(order));
  if (!accepted) host_.fail("there is no manager: " + accepted.error().message);
}

Task<> BringUp::begin_what_should_run() {
  for (const auto& name : swarm_.names()) {
    const auto* agent = swarm_.find(name);
    if (agent == nullptr || agent->action || agent->desired == Desired::stopped || agent->runs()) continue;
    Order order{
        .name = name, .what = Transient::starting, .cause = "the host has started", .crowd = Order::Crowd::limited};
    auto accepted = co_await uses_.actions.accept(std::move(order));
    if (!accepted) host_.fail(name + " is not started: " + accepted.error().message);
  }
}

}  // namespace hive::lifecycle
