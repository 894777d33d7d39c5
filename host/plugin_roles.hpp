#pragma once
#include "plugin_list.hpp"

namespace hive::host {

/// Why a member has to wait: no running plugin provides a role that it needs. Empty: all that it needs is there.
std::string missing_need(const PluginList& list, const Member& member);
/// Why a member may not start: a running plugin provides one of its roles. Empty: none does.
std::string rival(const PluginList& list, const Member& member);

/// Tells the method table whose the roles of a member are, and whether it is there.
void provide_roles(MethodTable& methods, const Member& member, MethodTable::Presence presence);
/// The same of a plugin that should run and was refused: it is away, and not as if it were not wanted. Some ask
/// whether a role is there at all, and go without it when it is not. What cannot be read provides the role of its name.
void expect_roles(MethodTable& methods, const Member& member);

}  // namespace hive::host
