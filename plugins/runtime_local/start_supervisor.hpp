#pragma once
#include "supervisor/plan.hpp"

#include <hive/os/fd.hpp>

#include <filesystem>

namespace hive::runtime_local {

/// Starts the supervisor of one agent, which is nobody's child, with `log` as its stderr, and hands it
/// the plan. Gives the start channel, on which it answers. Errors: not_found, unavailable. [blocking]
Result<os::Fd> start_supervisor(const std::filesystem::path& program, const supervisor::Plan& plan, int log);

}  // namespace hive::runtime_local
