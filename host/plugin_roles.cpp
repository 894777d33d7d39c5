#include "plugin_roles.hpp"

#include <algorithm>

namespace hive::host {

using host_api::PluginState;

std::string missing_need(const PluginList& list, const Member& member) {
  for (const auto& role : member.accepted.manifest.needs) {
    bool is_known = false, is_there = false;  // of several who provide it, all but one were refused
    for (const auto& other : list.members()) {
      const auto& provides = other->accepted.manifest.provides;
      if (std::find(provides.begin(), provides.end(), role) == provides.end()) continue;
      is_known = true;
      is_there = is_there || list.state_of(*other) == PluginState::running;
    }
    if (!is_known) return "waiting for " + role + ", which no plugin provides";
    if (!is_there) return "waiting for " + role;
  }
  return {};
}

std::string rival(const PluginList& list, const Member& member) {
  const auto& roles = member.accepted.manifest.provides;
  for (const auto& other : list.members()) {
    if (other.get() == &member || list.state_of(*other) != PluginState::running) continue;
    for (const auto& role : other->accepted.manifest.provides)
      if (std::find(roles.begin(), roles.end(), role) != roles.end())
        return member.about.id + ": the role " + role + " is provided by " + other->about.id + " already";
  }
  return {};
}

void provide_roles(MethodTable& methods, const Member& member, MethodTable::Presence presence) {
  for (const auto& role : member.accepted.manifest.provides) methods.set_provider(role, member.about.id, presence);
}

void expect_roles(MethodTable& methods, const Member& member) {
  auto roles = member.accepted.manifest.provides;
  if (roles.empty()) roles = {member.about.id};
  for (const auto& role : roles) methods.expect_provider(role, member.about.id);
}

}  // namespace hive::host
