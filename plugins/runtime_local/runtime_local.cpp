#include "runtime_local.hpp"

#include "mounts.hpp"
#include "supervisor/output_log.hpp"

#include <hive/agent_toml/agent_toml.hpp>
#include <hive/git/repository.hpp>

#include <unistd.h>

#include <filesystem>

namespace hive::runtime_local {

using runtime::State;

namespace {

namespace fs = std::filesystem;
constexpr milliseconds kLookAgain{60'000};  // a bound for a wait that a change ends
constexpr std::size_t kTomlBytes = 256 << 10;

bool is_settled(State state) {
  return state != State::starting && state != State::stopping;
}

Error no_such_agent(const std::string& name) {
  return error(Code::not_found, "runtime: there is no container " + name + "; prepare and activate one");
}

std::string unconfined(const std::string& name, const runtime::SandboxLevel& sandbox) {
  return name + ": runs without a sandbox: only its uid keeps it from the rest of this machine; " +
         (sandbox.reasons.empty() ? "no reason was given" : sandbox.reasons.front()) +
         "; mend that, and set allow_unsandboxed = false";
}

/// Rules of agent.toml that this runtime adds.
Status check_for_this_runtime(const agent::Toml& toml) {
  if (toml.network.egress)
    return error(Code::invalid_params,
                 "agent.toml: network.egress: runtime_local cannot limit what an agent reaches; leave it out");
  return {};
}

Result<std::string> read_toml_text(const git::Repository& applied, const std::string& revision) {
  auto text = applied.read_file(revision, "agent.toml", kTomlBytes);
  if (!text && text.error().code == Code::not_found) return std::string();  // everything by default
  return text;
}

}  // namespace

RuntimeLocal::RuntimeLocal(Host& host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      installation_(Installation::beside(host.share())),
      folders_(host.root(), settings_) {}

Status RuntimeLocal::start() {
  if (auto made = folders_.make_common(); !made) return made;
  if (auto found = find_agents(); !found) return found;
  answer_builds();
  answer_life();
  answer_looks();
  return {};
}

/// Whoever has an active generation, and whoever runs.
Status RuntimeLocal::find_agents() {
  KeeperEvents events;
  events.changed = [this](Change change) {
    host_.post([this, change = std::move(change)]() mutable { changed(std::move(change)); });
  };
  events.output = [this](std::string name, std::int64_t cursor) {
    host_.post(
        [this, name = std::move(name), cursor] { host_.publish(runtime::kOutput, runtime::Output{name, cursor}); });
  };
  events.warn = [this](const std::string& text) { host_.warn(text); };
  std::vector<Change> found;
  auto keeper =
      Keeper::create({.root = host_.root(), .supervisor = installation_.supervisor}, std::move(events), found);
  if (!keeper) return keeper.error();
  keeper_ = std::move(*keeper);
  std::error_code failure;
  for (fs::directory_iterator at(host_.root() / "generations", failure), end; !failure && at != end;
       at.increment(failure))
    if (const auto active = generations_of(at->path().filename()).active())
      container(at->path().filename()).revision = active->generation.revision;
  for (auto& change : found)
    if (is_settled(change.state) && (change.state == State::running || containers_.count(change.name) != 0))
      changed(std::move(change));
  std::vector<std::string> names;
  names.reserve(containers_.size());
  for (const auto& [name, container] : containers_) names.push_back(name);
  host_.spawn(open_all_sockets(std::move(names)));
  return {};
}

runtime::Container& RuntimeLocal::container(const std::string& name) {
  const auto [at, made] = containers_.try_emplace(name);
  if (made) at->second = {.name = name, .state = State::stopped, .since = wall_time()};
  return at->second;
}

void RuntimeLocal::changed(Change change) {
  auto& known = container(change.name);
  if (change.state == State::running && change.sandbox && change.sandbox->level == runtime::Sandbox::none)
    host_.warn(unconfined(change.name, *change.sandbox));
  known.state = change.state;
  known.since = change.since;
  if (change.sandbox) known.sandbox = std::move(change.sandbox);
  known.reason = std::move(change.reason);
  host_.publish(runtime::kStateChanged, runtime::StateChanged{known});
  changed_.notify_all();
}

Generations RuntimeLocal::generations_of(const std::string& name) const {
  return Generations(host_.root() / "generations" / name);
}

Task<> RuntimeLocal::open_all_sockets(std::vector<std::string> names) {
  for (auto& name : names) {
    auto make = [this, &name] { return folders_.make_for(name); };
    auto made = flat(co_await host_.blocking(make));
    Status opened = made ? Status{} : Status(made.error());
    if (made) {
      auto opening = open_socket(name, *made);
      opened = co_await std::move(opening);
    }
    if (!opened && opened.error().code != Code::cancelled)
      host_.fail(name + ": its socket is not open: " + opened.error().message);
  }
}

Task<Status> RuntimeLocal::open_socket(std::string name, AgentUser user) {
  const host_api::OpenSocket params{.name = name, .uid = user.uid, .gid = user.gid};
  auto opened = co_await host_.call(host_api::kOpenSocket, params);
  if (!opened) co_return opened.error();
  co_return Status{};
}

void RuntimeLocal::answer_builds() {
  host_.answer(runtime::kPrepare, [this](Caller, runtime::Prepare what) { return prepare(std::move(what)); });
  host_.answer(runtime::kActivate, [this](Caller, runtime::Activate what) { return activate(std::move(what)); });
  host_.answer(runtime::kDiscard, [this](Caller, runtime::Activate what) -> Answer<None> {
    auto discard = [this, &what] { return generations_of(what.name).discard(what.generation); };
    auto discarded = flat(co_await host_.blocking(discard));
    if (!discarded) co_return discarded.error();
    co_return None{};
  });
  host_.answer(runtime::kActive, [this](Caller, runtime::Name what) -> Answer<runtime::Active> {
    auto look = [this, &what] { return generations_of(what.name).active(); };
    auto active = flat(co_await host_.blocking(look));
    if (active)
      co_return runtime::Active{active->id, active->generation.revision, active->generation.toml.allowed_recipients};
    if (active.error().code != Code::not_found) co_return active.error();
    co_return runtime::Active{};
  });
}

void RuntimeLocal::answer_life() {
  host_.answer(runtime::kStart, [this](Caller, runtime::Name what) { return start_agent(std::move(what.name)); });
  host_.answer(runtime::kStop, [this](Caller, runtime::Stop what) {
    return stop_agent(std::move(what.name), milliseconds(what.grace_seconds * 1'000));
  });
  host_.answer(runtime::kDestroy, [this](Caller, runtime::Destroy what) { return destroy(std::move(what)); });
  host_.answer(runtime::kBeforeStop, [this](Caller, host_api::Stopping what) { return before_stop(what); });
}

void RuntimeLocal::answer_looks() {
  host_.answer(runtime::kList, [this](Caller, None) -> Result<runtime::Containers> {
    runtime::Containers out;
    for (const auto& [name, container] : containers_) out.containers.push_back(container);
    return out;
  });
  host_.answer(runtime::kStatus, [this](Caller, runtime::Name what) -> Result<runtime::Container> {
    const auto found = containers_.find(what.name);
    if (found == containers_.end()) return runtime::Container{.name = what.name, .since = wall_time()};
    return found->second;
  });
  host_.answer(runtime::kLogs, [this](Caller, runtime::ReadLogs what) -> Answer<runtime::LogLines> {
    const supervisor::LogQuery query{what.after, std::size_t(what.lines)};
    auto look = [this, &what, &query] { return supervisor::read_log(host_.root() / "logs" / what.name, query); };
    co_return co_await host_.parallel(look);
  });
  host_.answer(runtime::kLoginState, [this](Caller, runtime::Name what) -> Answer<runtime::LoginState> {
    if (settings_.claude.api_key_file || settings_.claude.oauth_token_file) co_return runtime::LoginState{true};
    auto look = [this, &what] { return runtime::LoginState{has_login(host_.root(), what.name)}; };
    co_return co_await host_.parallel(look);
  });
  host_.answer(runtime::kLimits, [](Caller, None) -> Result<runtime::Limits> { return runtime::Limits{}; });
}

/// [blocking]
Result<runtime::Prepared> RuntimeLocal::build(const runtime::Prepare& what) {
  auto applied = git::Repository::open(host_.root() / "applied" / what.name);
  if (!applied) return applied.error();
  auto revision = applied->resolve(what.revision.value_or("refs/heads/main"));
  if (!revision) return revision.error();
  auto text = read_toml_text(*applied, *revision);
  if (!text) return text.error();
  auto toml = agent::read_toml({*text, "agent.toml of " + what.name + " at " + revision->substr(0, 10), host_.root()});
  if (!toml) return toml.error();
  if (auto fits = check_for_this_runtime(*toml); !fits) return fits.error();
  auto user = folders_.make_for(what.name);
  if (!user) return user.error();
  if (auto fits = check_mounts(*toml, *user, filter_of_this_machine()); !fits) return fits.error();
  auto notes = notes_on(*toml);
  for (const auto& note : notes) host_.warn(what.name + ": " + note);
  auto id = generations_of(what.name).add({*revision, wall_time(), std::move(*toml), notes});
  if (!id) return id.error();
  return runtime::Prepared{*id, *revision, std::move(notes)};
}

RuntimeLocal::Answer<runtime::Prepared> RuntimeLocal::prepare(runtime::Prepare what) {
  auto work = [this, &what] { return build(what); };
  co_return flat(co_await host_.blocking(work));
}

RuntimeLocal::Answer<None> RuntimeLocal::activate(runtime::Activate what) {
  auto work = [this, &what]() -> Result<std::string> {
    auto generations = generations_of(what.name);
    if (auto activated = generations.activate(what.generation); !activated) return activated.error();
    auto active = generations.active();
    if (!active) return active.error();
    return active->generation.revision;
  };
  auto revision = flat(co_await host_.blocking(work));
  if (!revision) co_return revision.error();
  container(what.name).revision = *revision;
  co_return None{};
}

/// [blocking]
Result<supervisor::Plan> RuntimeLocal::plan_for(const std::string& name) {
  auto active = generations_of(name).active();
  if (!active) return active.error();
  auto user = folders_.make_for(name);
  if (!user) return user.error();
  return make_plan({name, *user, std::move(active->generation)}, settings_, installation_, host_.root());
}

Task<> RuntimeLocal::until_settled(std::string name) {
  for (auto found = containers_.find(name); found != containers_.end() && !is_settled(found->second.state);
       found = containers_.find(name)) {
    auto waited = co_await changed_.wait(host_, kLookAgain);
    if (!waited) co_return;  // the caller went away; the container goes on
  }
}

RuntimeLocal::Answer<runtime::Container> RuntimeLocal::start_agent(std::string name) {
  if (ending_) co_return error(Code::unavailable, "runtime: the hive is going down, " + name + " is not started");
  // As it may be when who stopped it has gone meanwhile, and now wants it to run.
  auto stopped = until_settled(name);
  co_await std::move(stopped);
  auto work = [this, &name] { return plan_for(name); };
  auto plan = flat(co_await host_.blocking(work));
  if (!plan) co_return plan.error();
  const AgentUser user{uid_t(plan->uid), gid_t(plan->gid)};
  auto opening = open_socket(name, user);
  auto opened = co_await std::move(opening);
  if (!opened) co_return opened.error();
  auto& known = container(name);
  if (known.state == State::stopping)
    co_return error(Code::conflict, "runtime: " + name + " is being stopped; start it when it has");
  if (ending_) co_return error(Code::unavailable, "runtime: the hive is going down, " + name + " is not started");
  if (known.state == State::stopped || known.state == State::refused) {
    known.state = State::starting;
    keeper_->start(std::move(*plan));
  }
  auto settled = until_settled(name);
  co_await std::move(settled);
  co_return container(name);
}

RuntimeLocal::Answer<runtime::Container> RuntimeLocal::stop_agent(std::string name, milliseconds grace) {
  const auto found = containers_.find(name);
  if (found == containers_.end()) co_return no_such_agent(name);
  if (found->second.state == State::running || found->second.state == State::starting) {
    found->second.state = State::stopping;
    keeper_->stop(name, grace);
  }
  auto settled = until_settled(name);
  co_await std::move(settled);
  co_return container(name);
}

RuntimeLocal::Answer<None> RuntimeLocal::destroy(runtime::Destroy what) {
  const auto found = containers_.find(what.name);
  if (found != containers_.end() && (found->second.state == State::running || !is_settled(found->second.state)))
    co_return error(Code::conflict, "runtime: " + what.name + " runs; stop it first");
  const host_api::AgentRef agent{what.name};
  auto closed = co_await host_.call(host_api::kCloseSocket, agent);
  if (!closed && closed.error().code != Code::not_found) co_return closed.error();
  keeper_->forget(what.name);
  auto work = [this, &what] {
    return folders_.remove(what.name, what.purge ? Folders::Keep::nothing : Folders::Keep::state);
  };
  auto removed = flat(co_await host_.blocking(work));
  if (!removed) co_return removed.error();
  containers_.erase(what.name);
  co_return None{};
}

RuntimeLocal::Answer<None> RuntimeLocal::before_stop(host_api::Stopping what) {
  if (!what.agents) co_return None{};
  ending_ = true;
  std::vector<std::string> names;
  for (auto& [name, container] : containers_) {
    if (container.state == State::stopped || container.state == State::refused) continue;
    names.push_back(name);
    container.state = State::stopping;
    keeper_->stop(name, milliseconds(settings_.grace_seconds * 1'000));
  }
  for (auto& name : names) {
    auto settled = until_settled(name);
    co_await std::move(settled);
  }
  co_return None{};
}

}  // namespace hive::runtime_local
