#pragma once
#include "isolated_plugin.hpp"
#include "plugin_list.hpp"

namespace hive::host {

/// What plugins are made with.
struct MakeOptions {
  std::filesystem::path root, share;
  IsolationOptions isolation{};
  /// Called on the strand of a plugin that crashed too often in its own process; outlives the plugins.
  std::function<void(const std::string& id, const std::string& reason)> on_quarantined{};
};

/// The settings of an accepted plugin as JSON, looked at by its own description where its code is loaded.
/// Errors: invalid_params with file and line.
Result<std::string> checked_settings(const Accepted& accepted, const Config& config);

/// How a member is made with what `config` says of it. Errors: as checked_settings().
Result<PluginSlot::Maker> maker_of(const Member& member, const Config& config, const MakeOptions& options);

}  // namespace hive::host
