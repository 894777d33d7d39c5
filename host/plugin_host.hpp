#pragma once
namespace hive::host {

/// `hive-c0re plugin-host FILE`: loads the plugin and serves its Host over descriptor 0, a socket to the
/// host that started it. Returns the exit code.
int run_plugin_host(int count, char** arguments);

}  // namespace hive::host
