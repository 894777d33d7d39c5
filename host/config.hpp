#pragma once
#include "settings.hpp"

#include <hive/toml_text/toml_text.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace hive::host {

/// hive.toml with what `--set` laid over it: [host], [claude], [plugins.<id>].
class Config {
 public:
  struct Source {
    std::filesystem::path file;      // empty: none
    std::vector<std::string> given;  // `a.b=VALUE`, later ones win
  };
  /// Errors: invalid_params (file, line and the nearest known name), not_found. [blocking]
  static Result<Config> load(const Source& source);
  Config() = default;

  const HostSettings& host() const { return host_; }
  const agent::ClaudeSettings& claude() const { return claude_; }
  std::vector<std::string> plugin_ids() const;
  const PluginKeys& keys_of(const std::string& plugin) const;

  /// The settings of a plugin as a JSON object: its table without the reserved keys, and `claude`,
  /// `label` and `operator_pronouns` from the host's tables where its schema has them and its table has not.
  /// Errors: invalid_params with file and line (a member that `schema` does not have).
  Result<std::string> settings_of(const std::string& plugin, std::string_view schema) const;
  /// A sentence about a member of a plugin's table, with the place where it stands.
  Error at(const std::string& path, const std::string& what) const;

  const toml_text::Toml& toml() const { return toml_; }
  /// "default", "file:12" or "--set".
  std::string origin_of(const std::string& path) const;

 private:
  Status read_tables();
  Status read_plugins();
  Status override_with(const std::string& given);
  template <class T>
  Result<T> read(const std::string& table) const;

  toml_text::Toml toml_;
  std::vector<std::string> overridden_;
  HostSettings host_;
  agent::ClaudeSettings claude_;
  std::map<std::string, PluginKeys> keys_;
};

}  // namespace hive::host
