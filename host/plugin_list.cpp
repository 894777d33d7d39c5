#include "plugin_list.hpp"

#include "plugin_accept.hpp"
#include "plugin_graph.hpp"

#include <hive/sdk/manifest_words.hpp>

#include <algorithm>

namespace hive::host {

using host_api::PluginState;

namespace {

/// Names of files and words of plugins stand in it, so none of them may spoil the list.
host_api::Plugin as_shown(const Member& member) {
  auto out = member.about;
  for (auto* text : {&out.id, &out.file}) *text = shown(*text);
  if (out.reason) out.reason = shown(*out.reason);
  if (member.slot)
    for (auto& sentence : member.slot->left_out()) out.left_out.push_back(std::move(sentence));
  return out;
}

}  // namespace

void PluginList::add(Member member) {
  std::lock_guard lock(mutex_);
  leave_out_rival_keys(member);
  members_.push_back(std::make_unique<Member>(std::move(member)));
}

void PluginList::accept_again(Member& member, const Config& config, Load isolated) {
  std::lock_guard lock(mutex_);
  accept(member, config, isolated);
  leave_out_rival_keys(member);
}

/// A part of the page's state is that of the first plugin that names it, and never the page's own.
void PluginList::leave_out_rival_keys(Member& member) const {
  auto& about = member.about;
  const auto rival_of = [&](std::string_view word) -> std::string {
    const auto key = word.substr(0, word.find('='));
    const auto source = parse_snapshot(word);
    if (source && is_reserved(*source)) return "the page's own";
    for (const auto& other : members_)
      for (const auto& taken : other->about.snapshot)
        if (other->about.id != about.id && taken.starts_with(std::string(key) + "="))
          return "that of the plugin " + other->about.id;
    return {};
  };
  std::erase_if(about.snapshot, [&](const std::string& word) {
    const auto rival = rival_of(word);
    if (!rival.empty())
      about.left_out.push_back("snapshot " + word + ": is left out: this part of the page's state is " + rival);
    return !rival.empty();
  });
  for (const auto& sentence : about.left_out) log_.write(about.id, abi::Level::error, sentence);
}

void PluginList::put_in_start_order() {
  std::vector<std::unique_ptr<Member>> able, others;
  for (auto& member : members_) {
    const bool refused = state_of(*member) == PluginState::faulted;
    if (refused) log_.write("host", abi::Level::error, member->about.reason.value_or(""));
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
    log_.write("host", abi::Level::error, *able[i]->about.reason);
    members_.push_back(std::move(able[i]));
  }
  for (auto& member : others) members_.push_back(std::move(member));
}

Member* PluginList::find(std::string_view id) const {
  for (const auto& member : members_)
    if (member->about.id == id) return member.get();
  return nullptr;
}

void PluginList::set(Member& member, PluginState state, std::optional<std::string> reason) {
  {
    std::lock_guard lock(mutex_);
    member.about.state = state;
    member.about.reason = reason;
  }
  if (!reason) return;
  const bool bad = state == PluginState::faulted || state == PluginState::quarantined;
  log_.write("host", bad ? abi::Level::error : abi::Level::warning, *reason);
}

void PluginList::set_created(Member& member, std::shared_ptr<PluginSlot> slot) {
  {
    std::lock_guard lock(mutex_);
    member.slot.swap(slot);  // the one before goes outside the lock
  }
  set(member, PluginState::created);
}

void PluginList::set_running(Member& member, std::chrono::steady_clock::duration start_time) {
  {
    std::lock_guard lock(mutex_);
    member.about.start_ms = std::chrono::duration_cast<std::chrono::milliseconds>(start_time).count();
  }
  set(member, PluginState::running);
}

void PluginList::set_quarantined(const std::string& id, const std::string& reason) {
  log_.write("host", abi::Level::error, reason);
  std::lock_guard lock(mutex_);
  for (const auto& member : members_) {
    if (member->about.id != id) continue;
    member->about.state = PluginState::quarantined;
    member->about.reason = reason;
  }
}

PluginState PluginList::state_of(const Member& member) const {
  std::lock_guard lock(mutex_);
  return member.about.state;
}

host_api::Plugin PluginList::shown_of(const Member& member) const {
  std::lock_guard lock(mutex_);
  return as_shown(member);
}

std::vector<host_api::Plugin> PluginList::shown() const {
  std::lock_guard lock(mutex_);
  std::vector<host_api::Plugin> out;
  out.reserve(members_.size());
  for (const auto& member : members_) out.push_back(as_shown(*member));
  return out;
}

std::vector<host_api::PluginHealth> PluginList::health() const {
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
    row.left_out = std::int64_t(as_shown(*member).left_out.size());
    row.calls_in_flight = std::int64_t(router_.in_flight(*member->slot));
    if (!figures.slowest.empty()) row.slowest = figures.slowest;
  }
  return out;
}

}  // namespace hive::host
