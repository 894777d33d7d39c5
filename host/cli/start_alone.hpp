#pragma once
#include <hive/sdk/contracts/host.hpp>

#include <filesystem>

namespace hive::host::cli {

/// A plugin after a start in a host of its own, where no other plugin is: what a host leaves out of it, and the methods
/// that it answers, are known only then.
struct StartedAlone {
  host_api::Plugin plugin;
  std::vector<host_api::MethodAbout> methods;  // that the operator may call, the host's own among them
};

/// Errors: unavailable, timeout (the plugin hangs), internal (the host did not find it), and those of App::open
/// and App::start. [blocking]
Result<StartedAlone> start_alone(const std::filesystem::path& file, const std::string& id);

}  // namespace hive::host::cli
