#include "turns.hpp"

#include <hive/sdk/crash_point.hpp>

namespace hive::turns {

namespace {

constexpr std::int64_t kKeysKeptMs = 30LL * 86'400'000;
constexpr milliseconds kFirstPause{50}, kLongestPause{5'000};

Result<None> answer(const hive::Status& done) {
  if (!done) return done.error();
  return None{};
}

bool runs(const lifecycle::Container& container) {
  using runtime::State;
  return container.state == State::starting || container.state == State::running || container.state == State::stopping;
}

}  // namespace

hive::Status Turns::start() {
  auto store = Store::open(host_.root() / "turns.sqlite", [this](const std::string& text) { host_.warn(text); });
  if (!store) return store.error();
  store_ = std::move(*store);
  auto kept = store_->load();
  if (!kept) return kept.error();
  board_.fill(std::move(*kept));

  host_.answer(kReport, [this](Caller who, Report what) { return report(std::move(who), std::move(what)); });
  host_.answer(kList, [this](Caller, None) -> Result<AllTurns> { return board_.list(); });
  host_.answer(kCommands, [this](Caller who, TakeCommands what) { return take(std::move(who), what); });
  host_.answer(kCommand, [this](Caller who, GiveCommand what) { return command(std::move(who), std::move(what)); });
  host_.answer(kPause, [this](Caller, PauseTarget what) { return set_pause(std::move(what), Store::Pause::set); });
  host_.answer(kResume, [this](Caller, PauseTarget what) { return set_pause(std::move(what), Store::Pause::lift); });
  host_.answer(kGate,
               [this](Caller who, None) -> Result<Gate> { return Gate{board_.is_paused(std::string(who.name()))}; });
  watch_changes();
  watch_removals();
  host_.spawn(meet_all());
  // Who started before could not ask, and a harness that says the same again changes nothing.
  const auto reports = board_.list().agents;
  for (const auto& turns : reports) host_.publish(kChanged, turns, turns.name);
  host_.spawn(sweep());
  host_.spawn(forget_old_keys());
  host_.every(std::chrono::hours(1), [this] { return sweep(); });
  host_.every(std::chrono::hours(1), [this] { return forget_old_keys(); });
  return {};
}

Task<Result<None>> Turns::report(Caller who, Report report) {
  const AgentTurns turns{std::string(who.name()), std::move(report)};
  auto& agent = board_.at(turns.name);
  const bool same = agent.report && shows_the_same(*agent.report, turns.report);
  agent.report = turns.report;
  std::erase_if(agent.damaged, &is_report);
  if (same && agent.is_stored) co_return None{};
  agent.is_stored = false;
  const auto number = ++agent.reports;
  // A cancel that nobody took was for a turn that is over.
  const auto is_stale = [&](const Command& c) { return c.kind == CommandKind::cancel && c.turn != turns.report.turn; };
  const bool stale = std::erase_if(agent.commands, is_stale) != 0;
  auto save = [this, &turns, stale] {
    if (stale)
      if (auto dropped = store_->drop(turns.name, CommandKind::cancel); !dropped) return dropped;
    return store_->save_report(turns);
  };
  const auto saved = flat(co_await host_.blocking(save));
  if (auto* reported = board_.find(turns.name); reported != nullptr && reported->reports == number)
    reported->is_stored = saved.has_value();
  host_.publish(kChanged, turns, turns.name);
  co_return answer(saved);
}

Task<Result<Commands>> Turns::take(Caller who, TakeCommands what) {
  const std::string name(who.name());
  auto acknowledged = co_await acknowledge(name, what.after);
  if (!acknowledged) co_return acknowledged.error();
  if (board_.at(name).commands.empty() && what.wait_seconds > 0) {
    auto woken = co_await board_.at(name).given.wait(host_, std::chrono::seconds(what.wait_seconds));
    if (!woken) co_return woken.error();
  }
  Commands commands;
  if (const auto* agent = board_.find(name)) commands.commands = oldest_of(agent->commands);
  co_return commands;
}

Task<hive::Status> Turns::acknowledge(std::string name, std::int64_t after) {
  if (after > board_.last_id())
    co_return error(Code::invalid_params, "turns: `after` is " + std::to_string(after) + ", but " +
                                              std::to_string(board_.last_id()) +
                                              " is the last id that was given; begin again with 0");
  const auto done = [after](const Command& command) { return command.id <= after; };
  auto& commands = board_.at(name).commands;
  if (std::none_of(commands.begin(), commands.end(), done)) co_return hive::Status{};
  auto forget_them = [this, &name, after] { return store_->taken(name, after); };
  auto forgotten = flat(co_await host_.blocking(forget_them));
  if (forgotten) board_.taken(name, after);
  co_return forgotten;
}

Task<Result<Given>> Turns::command(Caller who, GiveCommand what) {
  std::optional<CallKey> key;
  if (what.key) key = CallKey{std::move(who.principal), *what.key, what.name};
  // A repeat answers what the first did, even if that would be refused by now.
  auto before = co_await given_before(key);
  if (!before) co_return before.error();
  if (*before) co_return Given{**before};
  auto exists = co_await must_exist(what.name);
  if (!exists) co_return exists.error();
  const auto* agent = board_.find(what.name);
  const auto allowed = may_command(what.name, agent != nullptr ? agent->report : std::nullopt, what);
  if (!allowed) co_return allowed.error();
  Result<std::int64_t> id(0);
  if (what.kind == CommandKind::pause || what.kind == CommandKind::resume) {
    const auto change = what.kind == CommandKind::pause ? Store::Pause::set : Store::Pause::lift;
    id = co_await change_pause(what.name, change, key);
  } else {
    auto waiting =
        board_.waiting_for(what.name, {.kind = what.kind, .model = what.model, .text = what.text, .until = what.until});
    if (what.kind == CommandKind::cancel) waiting.command.turn = agent->report->turn;
    if (what.kind == CommandKind::sweep) {
      waiting.command.keep_days = settings_.keep_days;
      waiting.command.keep_rows = settings_.keep_rows;
    }
    id = co_await give(std::move(waiting), key);
  }
  if (!id) co_return id.error();
  crash_point("turns.command.unanswered");
  co_return Given{*id};
}

Task<Result<std::optional<std::int64_t>>> Turns::given_before(std::optional<CallKey> key) {
  if (!key) co_return std::optional<std::int64_t>{};
  auto look = [this, &key] { return store_->given(*key); };
  co_return flat(co_await host_.blocking(look));
}

Task<Result<std::int64_t>> Turns::give(Waiting command, std::optional<CallKey> key) {
  if (board_.at(command.name).commands.size() >= kMaxCommands)
    co_return error(Code::busy, "turns: " + std::to_string(kMaxCommands) + " commands wait for " + command.name +
                                    ", which takes none; start it, or try again later");
  const std::vector<Waiting> one{std::move(command)};
  auto store = [this, &one, &key] { return store_->add(one, key); };
  auto stored = flat(co_await host_.blocking(store));
  if (!stored) co_return stored.error();
  if (!stored->repeated) board_.give(one, stored->ids);
  co_return stored->ids.front();
}

Task<Result<None>> Turns::set_pause(PauseTarget what, Store::Pause pause) {
  if (what.name) {
    auto exists = co_await must_exist(*what.name);
    if (!exists) co_return exists.error();
  }
  const std::optional<CallKey> no_key;
  auto changed = co_await change_pause(what.name.value_or(std::string(kSwarm)), pause, no_key);
  if (!changed) co_return changed.error();
  co_return None{};
}

/// Commands go to whom it changes something for; the last id of them, 0 when nobody.
Task<Result<std::int64_t>> Turns::change_pause(std::string name, Store::Pause pause, std::optional<CallKey> key) {
  const bool swarm = name == kSwarm;
  if (pause == Store::Pause::lift && !swarm && board_.swarm_paused())
    co_return error(Code::conflict,
                    "turns: the whole swarm is paused, so " + name + " cannot be resumed alone; resume the swarm");
  std::vector<std::string> names = board_.names();
  if (!swarm) names = {name};
  const auto kind = pause == Store::Pause::set ? CommandKind::pause : CommandKind::resume;
  Store::PauseChange change{.name = name, .what = pause, .commands = {}, .key = std::move(key)};
  for (const auto& one : names) {
    const bool was = board_.is_paused(one);
    const bool will = pause == Store::Pause::set || (swarm && board_.is_paused_alone(one));
    if (was != will) change.commands.push_back(board_.waiting_for(one, {.kind = kind}));
  }
  // Before it is stored: a change that comes meanwhile gives its commands by what holds after this one.
  const auto before = board_.is_paused_alone(name) ? Store::Pause::set : Store::Pause::lift;
  board_.change_pause(name, pause);
  auto store = [this, &change] { return store_->pause(change); };
  auto stored = flat(co_await host_.blocking(store));
  if (!stored || stored->repeated) board_.change_pause(name, before);
  if (!stored) co_return stored.error();
  const auto last = stored->ids.empty() ? 0 : stored->ids.back();
  if (stored->repeated) co_return last;
  board_.give(change.commands, stored->ids);
  co_return last;
}

Task<hive::Status> Turns::must_exist(std::string name) {
  if (const auto* agent = board_.find(name); agent != nullptr && agent->report) co_return hive::Status{};
  const None nothing;
  auto known = co_await host_.call(lifecycle::kList, nothing);
  if (!known) co_return known.error();
  std::string names;
  for (const auto& container : known->containers) {
    if (container.name == name) co_return hive::Status{};
    names += names.empty() ? container.name : ", " + container.name;
  }
  co_return error(Code::not_found, "turns: there is no agent '" + name + "'; known are: " + names);
}

Task<> Turns::sweep() {
  std::vector<Waiting> commands;
  const auto is_sweep = [](const Command& command) { return command.kind == CommandKind::sweep; };
  for (const auto& name : board_.names()) {
    const auto& waiting = board_.at(name).commands;
    if (std::any_of(waiting.begin(), waiting.end(), is_sweep)) continue;
    commands.push_back(board_.waiting_for(
        name, {.kind = CommandKind::sweep, .keep_days = settings_.keep_days, .keep_rows = settings_.keep_rows}));
  }
  if (commands.empty()) co_return;
  auto store = [this, &commands] { return store_->add(commands); };
  auto stored = flat(co_await host_.blocking(store));
  if (!stored) co_return warn("sweeps cannot be given", stored.error());
  board_.give(commands, stored->ids);
}

Task<> Turns::forget_old_keys() {
  const Time oldest{wall_time().ms - kKeysKeptMs};
  auto forget = [this, oldest] { return store_->forget_keys_before(oldest); };
  const auto forgotten = flat(co_await host_.blocking(forget));
  if (!forgotten) warn("old keys cannot be forgotten", forgotten);
}

// A subscription that was lost is made anew, and what it missed is asked for.

void Turns::watch_changes() {
  host_.subscribe(
      lifecycle::kContainerChanged,
      [this](Stamp, lifecycle::ContainerEvent event) { return container_changed(std::move(event.container)); },
      [this](Error lost) {
        if (lost.code == Code::cancelled) return;
        host_.after(kFirstPause, [this] { watch_changes(), host_.spawn(meet_all()); });
      });
}

void Turns::watch_removals() {
  host_.subscribe(
      lifecycle::kContainerRemoved, [this](Stamp, lifecycle::Gone gone) { return container_removed(std::move(gone)); },
      [this](Error lost) {
        if (lost.code == Code::cancelled) return;
        host_.after(kFirstPause, [this] { watch_removals(), host_.spawn(meet_all()); });
      });
}

Task<> Turns::meet_all() {
  const None nothing;
  for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    auto known = co_await host_.call(lifecycle::kList, nothing);
    if (known) {
      for (auto& container : known->containers) {
        auto changed = container_changed(std::move(container));
        co_await std::move(changed);
      }
      co_return;
    }
    auto slept = co_await host_.sleep(pause);
    if (!slept) co_return;  // the plugin stops
  }
}

Task<> Turns::meet(std::string name, lifecycle::Incarnation incarnation) {
  if (!board_.meet(name, incarnation)) co_return;
  auto record = [this, &name, &incarnation] { return store_->meet(name, incarnation); };
  const auto recorded = flat(co_await host_.blocking(record));
  if (!recorded) warn("who " + name + " is cannot be stored", recorded);
}

/// A harness that was killed cannot report its end.
Task<> Turns::container_changed(lifecycle::Container container) {
  auto meeting = meet(container.name, container.incarnation);
  co_await std::move(meeting);
  auto* agent = board_.find(container.name);
  if (agent == nullptr || !agent->report || runs(container) || agent->report->status == Status::offline) co_return;
  auto& report = *agent->report;
  report.status = Status::offline;
  report.state = TurnState::stopping;
  report.since = container.since;
  report.turn.reset();
  const AgentTurns turns{container.name, report};
  std::erase_if(agent->commands, [](auto& c) { return c.kind == CommandKind::cancel; });
  auto save = [this, &turns] {
    if (auto dropped = store_->drop(turns.name, CommandKind::cancel); !dropped) return dropped;
    return store_->save_report(turns);
  };
  const auto saved = flat(co_await host_.blocking(save));
  if (!saved) warn("the end of " + turns.name + " cannot be stored", saved);
  host_.publish(kChanged, turns, turns.name);
}

/// What waits for an agent is kept with its state.
Task<> Turns::container_removed(lifecycle::Gone gone) {
  if (gone.purged)
    board_.forget(gone.name);
  else
    board_.forget_report(gone.name);
  auto remove = [this, &gone] { return gone.purged ? store_->forget(gone.name) : store_->forget_report(gone.name); };
  const auto removed = flat(co_await host_.blocking(remove));
  if (!removed) warn(gone.name + " cannot be forgotten", removed);
}

void Turns::warn(std::string_view what, const hive::Status& failed) {
  if (failed.error().code == Code::cancelled) return;  // the host stops; the next start does it
  host_.warn(std::string(what) + ": " + failed.error().message);
}

}  // namespace hive::turns
