#include "plugin_set.hpp"

#include "plugin_graph.hpp"

#include <algorithm>
#include <future>

namespace hive::host {

using host_api::PluginState;

void PluginSet::set(Member& member, PluginState state, std::optional<std::string> reason) {
  {
    std::lock_guard lock(mutex_);
    member.about.state = state;
    member.about.reason = reason;
  }
  if (!reason) return;
  const bool bad = state == PluginState::faulted || state == PluginState::quarantined;
  wiring_.log.write("host", bad ? abi::Level::error : abi::Level::warning, *reason);
}

PluginState PluginSet::state_of(const Member& member) const {
  std::lock_guard lock(mutex_);
  return member.about.state;
}

PluginSet::Member* PluginSet::find_member(std::string_view id) {
  for (const auto& member : members_)
    if (member->about.id == id) return member.get();
  return nullptr;
}

template <class Change>
Status PluginSet::wait_for(std::chrono::seconds limit, const std::string& id, Change change) const {
  const auto result = std::make_shared<std::promise<Status>>();  // shared: the report may come after the limit
  auto future = result->get_future();
  change([result](Status status) { result->set_value(std::move(status)); });
  if (future.wait_for(limit) == std::future_status::ready) return future.get();
  return error(Code::timeout, id + ": gave no answer within " + std::to_string(limit.count()) + " s");
}

std::string PluginSet::missing_need(const Member& member) const {
  for (const auto& role : member.accepted.manifest.needs) {
    bool is_known = false, is_there = false;  // of several who provide it, all but one were refused
    for (const auto& other : members_) {
      const auto& provides = other->accepted.manifest.provides;
      if (std::find(provides.begin(), provides.end(), role) == provides.end()) continue;
      is_known = true;
      is_there = is_there || state_of(*other) == PluginState::running;
    }
    if (!is_known) return "waiting for " + role + ", which no plugin provides";
    if (!is_there) return "waiting for " + role;
  }
  return {};
}

Status PluginSet::start(const Config& config) {
  std::lock_guard one(lifecycle_);
  refuse_by_graph();
  start_all(config);
  for (const auto& member : members_) {
    if (!member->keys.required || state_of(*member) == PluginState::running) continue;
    const auto about = member->about.reason.value_or("it is not running");
    return error(Code::unavailable, "the required plugin " + member->about.id + " does not run: " + about);
  }
  return {};
}

void PluginSet::refuse_by_graph() {
  std::vector<std::unique_ptr<Member>> able, others;
  for (auto& member : members_) {
    const bool refused = state_of(*member) == PluginState::faulted;
    if (refused) wiring_.log.write("host", abi::Level::error, member->about.reason.value_or(""));
    (state_of(*member) == PluginState::accepted ? able : others).push_back(std::move(member));
  }
  std::vector<GraphNode> nodes;
  nodes.reserve(able.size());
  for (const auto& member : able)
    nodes.push_back({member->about.id, member->accepted.manifest.provides, member->accepted.manifest.needs});
  const auto order = order_plugins(nodes);
  std::lock_guard lock(mutex_);
  members_.clear();
  for (const auto i : order.sequence) members_.push_back(std::move(able[i]));
  for (const auto& [i, why] : order.refused) {
    able[i]->about.state = PluginState::faulted;
    able[i]->about.reason = able[i]->accepted.file.string() + ": " + why;
    wiring_.log.write("host", abi::Level::error, *able[i]->about.reason);
    members_.push_back(std::move(able[i]));
  }
  for (auto& member : others) members_.push_back(std::move(member));
}

void PluginSet::provide(const Member& member, MethodTable::Presence presence) const {
  for (const auto& role : member.accepted.manifest.provides)
    wiring_.methods.set_provider(role, member.about.id, presence);
}

/// A plugin that should run and was refused is away, and not as if it were not wanted: some ask whether a role is
/// there at all, and go without it when it is not. What cannot be read provides the role of its name.
void PluginSet::expect(const Member& member) const {
  auto roles = member.accepted.manifest.provides;
  if (roles.empty()) roles = {member.about.id};
  for (const auto& role : roles) wiring_.methods.expect_provider(role, member.about.id);
}

std::string PluginSet::rival(const Member& member) const {
  const auto& roles = member.accepted.manifest.provides;
  for (const auto& other : members_) {
    if (other.get() == &member || state_of(*other) != PluginState::running) continue;
    for (const auto& role : other->accepted.manifest.provides)
      if (std::find(roles.begin(), roles.end(), role) != roles.end())
        return member.about.id + ": the role " + role + " is provided by " + other->about.id + " already";
  }
  return {};
}

void PluginSet::start_all(const Config& config) {
  for (const auto& member : members_) {
    const auto state = state_of(*member);
    if (state == PluginState::accepted) provide(*member, MethodTable::Presence::away);
    if (state == PluginState::faulted) expect(*member);
  }
  for (const auto& member : members_) {
    const auto state = state_of(*member);
    if (state == PluginState::accepted || state == PluginState::waiting) start(*member, config);
  }
}

void PluginSet::start(Member& member, const Config& config) {
  if (const auto missing = missing_need(member); !missing.empty())
    return set(member, PluginState::waiting, member.about.id + ": " + missing);
  if (auto other = rival(member); !other.empty()) return set(member, PluginState::faulted, std::move(other));
  const auto begin = std::chrono::steady_clock::now();
  const auto status = run(member, config);
  if (!status) return set(member, PluginState::faulted, status.error().message);
  const auto time = std::chrono::steady_clock::now() - begin;
  {
    std::lock_guard lock(mutex_);
    member.about.start_ms = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  }
  set(member, PluginState::running);
  provide(member, MethodTable::Presence::here);
}

Status PluginSet::run(Member& member, const Config& config) {
  member.started_with = said_of(member, config);
  auto maker = maker_of(member, config);
  if (!maker) return maker.error();
  const auto& manifest = member.accepted.manifest;
  for (const auto& [topic, audience] : manifest.publishes) wiring_.hub.declare(topic, audience, manifest.id);
  std::set<std::string> may_act_as;
  if (const auto found = config.host().may_act_as.find(manifest.id); found != config.host().may_act_as.end())
    may_act_as = {found->second.begin(), found->second.end()};
  const auto slot = std::make_shared<PluginSlot>(wiring_, manifest, std::move(may_act_as));
  {
    std::lock_guard lock(mutex_);
    member.slot = slot;
  }
  set(member, PluginState::created);
  auto started = wait_for(options_.start_limit, manifest.id,
                          [&](auto report) { slot->start(std::move(*maker), std::move(report)); });
  if (started) return {};
  if (started.error().code == Code::timeout && !member.keys.isolate) {
    member.hung = true;
    options_.replace_thread();
    slot->detach();
  } else {
    stop(member);
  }
  return started;
}

bool PluginSet::stop() {
  std::lock_guard one(lifecycle_);
  bool all = true;
  for (auto at = members_.rbegin(); at != members_.rend(); ++at) {
    auto& member = **at;
    all = !member.hung && all;
    const auto state = state_of(member);
    if (state != PluginState::running && state != PluginState::quarantined) continue;
    if (stop(member))
      set(member, PluginState::stopped);
    else
      all = false;
  }
  return all;
}

bool PluginSet::stop(Member& member) {
  const auto slot = member.slot;
  provide(member, MethodTable::Presence::away);  // first: a method that is gone now is away, not unknown
  const auto stopped =
      wait_for(options_.stop_limit, member.about.id, [&](auto report) { slot->stop(std::move(report)); });
  slot->detach();
  if (stopped) return true;
  member.hung = true;
  options_.replace_thread();
  set(member, PluginState::faulted, stopped.error().message + " after it was asked to stop; the others go on");
  return false;
}

Result<host_api::Plugin> PluginSet::reload(const std::string& id, const Config& config) {
  std::lock_guard one(lifecycle_);
  auto* member = find_member(id);
  if (member == nullptr) return error(Code::not_found, id + ": there is no such plugin; see hive-c0re plugins");
  if (member->built_in.make) return error(Code::forbidden, id + ": is part of the host; restart the host");
  if (member->hung) return error(Code::unavailable, id + ": hangs; restart the host");
  const auto state = state_of(*member);
  if ((state == PluginState::running || state == PluginState::quarantined) && !stop(*member))
    return error(Code::unavailable, id + ": does not stop; restart the host");
  {
    std::lock_guard lock(mutex_);
    accept(*member, config);
    leave_out_rival_keys(*member);
  }
  start_all(config);
  std::lock_guard lock(mutex_);
  if (member->about.state == PluginState::faulted)
    return error(Code::unavailable, member->about.reason.value_or(id + ": does not start"));
  return shown_of(*member);
}

std::string PluginSet::said_of(const Member& member, const Config& config) {
  const auto& id = member.about.id;
  auto out = encode_text(config.keys_of(id));
  if (const auto found = config.host().may_act_as.find(id); found != config.host().may_act_as.end())
    for (const auto& principal : found->second) out += " " + principal;
  const auto settings = config.settings_of(id, member.accepted.manifest.settings);
  return out + (settings ? *settings : settings.error().message);
}

void PluginSet::reload_changed(const Config& config) {
  std::vector<std::string> changed;
  {
    std::lock_guard one(lifecycle_);
    for (const auto& member : members_) {
      const bool stays_off = state_of(*member) == PluginState::disabled && !config.keys_of(member->about.id).enabled;
      if (!stays_off && !member->built_in.make && member->started_with != said_of(*member, config))
        changed.push_back(member->about.id);
    }
  }
  for (const auto& id : changed) {
    const auto reloaded = reload(id, config);
    wiring_.log.write("host", reloaded ? abi::Level::info : abi::Level::error,
                      reloaded ? id + ": its settings were read anew" : reloaded.error().message);
  }
}

std::vector<host_api::Plugin> PluginSet::list() const {
  std::lock_guard lock(mutex_);
  std::vector<host_api::Plugin> out;
  out.reserve(members_.size());
  for (const auto& member : members_) out.push_back(shown_of(*member));
  return out;
}

/// Names of files and words of plugins stand in it, so none of them may spoil the list.
host_api::Plugin PluginSet::shown_of(const Member& member) const {
  auto out = member.about;
  for (auto* text : {&out.id, &out.file}) *text = shown(*text);
  if (out.reason) out.reason = shown(*out.reason);
  if (member.slot)
    for (auto& sentence : member.slot->left_out()) out.left_out.push_back(std::move(sentence));
  return out;
}

std::vector<host_api::PluginHealth> PluginSet::health() const {
  std::lock_guard lock(mutex_);
  std::vector<host_api::PluginHealth> out;
  for (const auto& member : members_) {
    if (!member->slot) continue;
    const auto figures = member->slot->meter().figures();
    auto& row = out.emplace_back();
    row.id = member->about.id;
    row.holds_over_10_ms = figures.over_10_ms;
    row.holds_over_100_ms = figures.over_100_ms;
    row.longest_us = figures.longest_us;
    row.left_out = std::int64_t(shown_of(*member).left_out.size());
    row.calls_in_flight = std::int64_t(wiring_.router.in_flight(*member->slot));
    if (!figures.slowest.empty()) row.slowest = figures.slowest;
  }
  return out;
}

}  // namespace hive::host
