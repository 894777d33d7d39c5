#pragma once
#include "plugin_set.hpp"

namespace hive::host {

/// One setting as it is in effect.
struct Setting {
  std::string table, key;
  json::value value;   // null: not set and no default; secrets are the word "(hidden)"
  std::string origin;  // "default", "file:12", "--set", "[claude]"
};

/// Every setting of the host and of the plugins that were found, by table. [any-thread]
std::vector<Setting> effective_settings(const Config& config, const std::vector<PluginSet::Known>& plugins);

}  // namespace hive::host
