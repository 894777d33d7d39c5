#include "lifecycle.hpp"

namespace hive::lifecycle {

namespace {

constexpr std::chrono::minutes kLookInterval{1};

RestartLimits limits_of(const Settings& settings) {
  return {.cap = settings.restarts_in_10_minutes};
}

}  // namespace

Lifecycle::Lifecycle(Host& host, Settings settings) : host_(host), settings_(settings), swarm_(limits_of(settings)) {}

Status Lifecycle::start() {
  auto roster = Roster::open(host_.root() / "lifecycle.sqlite", [this](const std::string& text) { host_.warn(text); });
  if (!roster) return roster.error();
  roster_.emplace(std::move(*roster));
  auto kept = roster_->load();
  if (!kept) return kept.error();
  std::vector<std::string> unfinished;
  for (const auto& member : kept->members) {
    if (member.action) unfinished.push_back(member.name);
    auto& agent = swarm_.add(member.name);
    agent.incarnation = member.incarnation;
    agent.desired = member.desired;
    agent.action = member.action;
  }
  tombstones_ = std::move(kept->tombstones);
  outbox_.emplace(host_, roster_->database());
  outbox_->start();
  answer_actions();
  answer_questions();
  watch_runtime();
  watch_turns();
  host_.subscribe(host_api::kStopping, [this](Stamp, host_api::Stopping) { host_stops_ = true; });
  host_.spawn(bring_up(std::move(unfinished)));
  // An event can be lost with the runtime that was to send it.
  host_.every(kLookInterval, [this] { return look_after_each(); });
  return {};
}

void Lifecycle::answer_actions() {
  host_.answer(kSpawn, [this](Caller who, Spawn what) { return spawn(std::move(who), std::move(what)); });
  host_.answer(kStart, [this](Caller who, Name what) { return start_agent(std::move(who), std::move(what)); });
  host_.answer(kStop, [this](Caller who, Name what) { return stop_agent(std::move(who), std::move(what)); });
  host_.answer(kRestart, [this](Caller who, Name what) { return restart(std::move(who), std::move(what)); });
  host_.answer(kRebuild, [this](Caller who, Rebuild what) { return rebuild(std::move(who), std::move(what)); });
  host_.answer(kDestroy, [this](Caller who, Destroy what) { return destroy(std::move(who), std::move(what)); });
  host_.answer(kUpdateAll, [this](Caller, None) { return update_all(); });
  host_.answer(kPurgeTombstone, [this](Caller, Name what) { return purge_tombstone(std::move(what.name)); });
}

void Lifecycle::answer_questions() {
  host_.answer(kList, [this](Caller, None) -> Result<Containers> { return swarm_.list(); });
  host_.answer(kTombstones, [this](Caller, None) -> Result<Tombstones> { return Tombstones{tombstones_}; });
  host_.answer(kPreflight, [this](Caller, Name what) { return preflight(std::move(what.name)); });
  host_.answer(kConfig, [this](Caller, ReadConfig what) { return config(std::move(what)); });
  host_.answer(kRescan, [this](Caller, None) { return rescan(); });
}

/// A subscription that was lost is made anew, and what it missed is looked up.
void Lifecycle::watch_runtime() {
  host_.subscribe(
      runtime::kStateChanged, [this](Stamp, runtime::StateChanged event) { runtime_changed(std::move(event)); },
      [this](Error lost) {
        if (is_ending() || lost.code == Code::cancelled) return;
        host_.warn("events of the runtime were lost, so all is looked up: " + lost.message);
        watch_runtime();
        host_.spawn(look_after_all());
      });
}

void Lifecycle::watch_turns() {
  host_.subscribe(
      turns::kChanged, [this](Stamp, turns::AgentTurns event) { turns_changed(std::move(event)); },
      [this](Error lost) {
        if (is_ending() || lost.code == Code::cancelled) return;
        host_.warn("reports of turns were lost, so all is looked up: " + lost.message);
        watch_turns();
        host_.spawn(look_after_all());
      });
}

/// The event says that something changed; what is now is looked up, because a later change may have
/// overtaken it.
void Lifecycle::runtime_changed(runtime::StateChanged event) {
  if (is_ending() || swarm_.find(event.container.name) == nullptr) return;
  host_.spawn(keep_running(std::move(event.container.name)));
}

void Lifecycle::turns_changed(turns::AgentTurns event) {
  auto* agent = swarm_.find(event.name);
  if (agent == nullptr) return;
  const bool login_changed = !agent->report || agent->report->status != event.report.status;
  agent->report = std::move(event.report);
  turn_changed_.notify_all();
  show(event.name);
  if (login_changed) host_.spawn(keep_running(std::move(event.name)));
}

}  // namespace hive::lifecycle
