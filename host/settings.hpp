#pragma once
#include <hive/sdk/contracts/agent.hpp>
#include <hive/sdk/contracts/host.hpp>

namespace hive::host {

/// The `[host]` table.
struct HostSettings {
  abi::Level log_level = abi::Level::info;
  std::string label = "hyperhive", operator_pronouns = "she/her";
  std::int64_t threads = 0, agent_calls_per_second = 2'000, agent_calls_burst = 4'000;
  std::optional<std::string> operator_group;
  std::vector<std::string> plugin_dirs;
  std::map<std::string, std::vector<std::string>> may_act_as{{"dashboard", {"operator"}}};
};
constexpr auto fields(Of<HostSettings>) {
  return shape(
      field<&HostSettings::log_level>("log_level", "level of the least important messages that are logged").defaulted(),
      field<&HostSettings::label>("label", "label of this hive, shown to people and agents").max_bytes(64).defaulted(),
      field<&HostSettings::operator_pronouns>("operator_pronouns",
                                              "pronouns with which agents speak of the operator, like she/her")
          .max_bytes(32)
          .defaulted(),
      field<&HostSettings::threads>("threads", "threads that run handlers; 0: as many as processors, 2 to 4")
          .between(0, 64)
          .defaulted(),
      field<&HostSettings::agent_calls_per_second>("agent_calls_per_second",
                                                   "calls per second that one agent may make in the long run; each KiB "
                                                   "sent or answered counts as one more; 0: no limit")
          .between(0, 1'000'000)
          .defaulted(),
      field<&HostSettings::agent_calls_burst>("agent_calls_burst", "calls of one agent that are read at once")
          .between(1, 1'000'000)
          .defaulted(),
      field<&HostSettings::operator_group>("operator_group", "group whose members may act as the operator")
          .max_bytes(64),
      field<&HostSettings::plugin_dirs>("plugin_dirs", "folders with plugins beside the installation's own")
          .max_items(16),
      field<&HostSettings::may_act_as>(
          "may_act_as",
          "principals that a plugin, named by its id, may act as; a plugin that is not named keeps its default")
          .defaulted());
}

/// The keys of every `[plugins.<id>]` table; all others are the plugin's own settings.
struct PluginKeys {
  bool enabled = true, isolate = false, required = false;
  std::optional<std::string> path;
};
constexpr auto fields(Of<PluginKeys>) {
  return shape(
      field<&PluginKeys::enabled>("enabled", "false: the plugin is not loaded"),
      field<&PluginKeys::isolate>("isolate", "true: the plugin runs in a process of its own"),
      field<&PluginKeys::required>("required", "true: the host does not run without the plugin"),
      field<&PluginKeys::path>("path", "path of the plugin's file, where it is in no plugin folder").max_bytes(4'096));
}

}  // namespace hive::host
