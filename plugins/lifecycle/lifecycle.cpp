#include "lifecycle.hpp"

namespace hive::lifecycle {

namespace {

constexpr std::chrono::minutes kLookInterval{1};

}  // namespace

Lifecycle::Parts::Parts(Ground& ground, Roster opened, Tombstones tombstones)
    : roster(std::move(opened)),
      outbox(ground.host, roster.database()),
      graves(ground.host, roster, std::move(tombstones)),
      looks(ground),
      actions(ground, {roster, outbox, graves},
              [this, &ground](std::string name) { ground.host.spawn(caretaker.look_after(std::move(name))); }),
      caretaker(ground, looks, actions),
      bring_up(ground, {roster, graves, looks, actions, caretaker}),
      requests(ground, graves, actions) {}

Status Lifecycle::start() {
  auto roster = Roster::open(host_.root() / "lifecycle.sqlite", [this](const std::string& text) { host_.warn(text); });
  if (!roster) return roster.error();
  auto kept = roster->load();
  if (!kept) return kept.error();
  std::vector<std::string> unfinished;
  for (auto& member : kept->members) {
    if (member.action) unfinished.push_back(member.name);
    auto& agent = ground_.swarm.add(member.name);
    agent.incarnation = std::move(member.incarnation);
    agent.desired = member.desired;
    agent.action = std::move(member.action);
  }
  ground_.swarm.miss(std::move(kept->unreadable));
  parts_.emplace(ground_, std::move(*roster), std::move(kept->tombstones));
  parts_->outbox.start();
  answer_actions();
  answer_questions();
  watch_runtime();
  watch_turns();
  host_.subscribe(host_api::kStopping, [this](Stamp, host_api::Stopping) { ground_.host_stops = true; });
  host_.spawn(parts_->bring_up.run(std::move(unfinished)));
  // An event can be lost with the runtime that was to send it.
  host_.every(kLookInterval, [this] { return parts_->caretaker.look_after_each(); });
  return {};
}

void Lifecycle::answer_actions() {
  auto& requests = parts_->requests;
  host_.answer(kSpawn, [&](Caller who, Spawn what) { return requests.spawn(std::move(who), std::move(what)); });
  host_.answer(kStart, [&](Caller who, Name what) { return requests.start(std::move(who), std::move(what)); });
  host_.answer(kStop, [&](Caller who, Name what) { return requests.stop(std::move(who), std::move(what)); });
  host_.answer(kRestart, [&](Caller who, Name what) { return requests.restart(std::move(who), std::move(what)); });
  host_.answer(kRebuild, [&](Caller who, Rebuild what) { return requests.rebuild(std::move(who), std::move(what)); });
  host_.answer(kDestroy, [&](Caller who, Destroy what) { return requests.destroy(std::move(who), std::move(what)); });
  host_.answer(kUpdateAll, [&](Caller, None) { return requests.update_all(); });
  host_.answer(kPurgeTombstone, [&](Caller, Name what) { return requests.purge_tombstone(std::move(what.name)); });
}

void Lifecycle::answer_questions() {
  auto& requests = parts_->requests;
  host_.answer(kList, [this](Caller, None) -> Result<Containers> { return ground_.swarm.list(); });
  host_.answer(kTombstones, [this](Caller, None) -> Result<Tombstones> { return parts_->graves.tombstones(); });
  host_.answer(kPreflight, [&](Caller, Name what) { return requests.preflight(std::move(what.name)); });
  host_.answer(kConfig, [&](Caller, ReadConfig what) { return requests.config(std::move(what)); });
  host_.answer(kRescan, [this](Caller, None) { return rescan(); });
}

Task<Result<None>> Lifecycle::rescan() {
  co_await parts_->caretaker.look_after_all();
  co_return None{};
}

/// A subscription that was lost is made anew, and what it missed is looked up.
void Lifecycle::watch_runtime() {
  host_.subscribe(
      runtime::kStateChanged, [this](Stamp, runtime::StateChanged event) { runtime_changed(std::move(event)); },
      [this](Error lost) {
        if (ground_.is_ending() || lost.code == Code::cancelled) return;
        host_.warn("events of the runtime were lost, so all is looked up: " + lost.message);
        watch_runtime();
        host_.spawn(parts_->caretaker.look_after_all());
      });
}

void Lifecycle::watch_turns() {
  host_.subscribe(
      turns::kChanged, [this](Stamp, turns::AgentTurns event) { turns_changed(std::move(event)); },
      [this](Error lost) {
        if (ground_.is_ending() || lost.code == Code::cancelled) return;
        host_.warn("reports of turns were lost, so all is looked up: " + lost.message);
        watch_turns();
        host_.spawn(parts_->caretaker.look_after_all());
      });
}

/// The event says that something changed; what is now is looked up, because a later change may have
/// overtaken it.
void Lifecycle::runtime_changed(runtime::StateChanged event) {
  if (ground_.is_ending() || ground_.swarm.find(event.container.name) == nullptr) return;
  host_.spawn(parts_->caretaker.look_after(std::move(event.container.name)));
}

void Lifecycle::turns_changed(turns::AgentTurns event) {
  auto* agent = ground_.swarm.find(event.name);
  if (agent == nullptr) return;
  const bool login_changed = !agent->report || agent->report->status != event.report.status;
  agent->report = std::move(event.report);
  ground_.reported.notify_all();
  ground_.swarm.show(event.name);
  if (login_changed) host_.spawn(parts_->caretaker.look_after(std::move(event.name)));
}

}  // namespace hive::lifecycle
