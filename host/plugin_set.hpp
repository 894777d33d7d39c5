#pragma once
#include "plugin_make.hpp"
#include "plugin_run.hpp"

namespace hive::host {

struct PluginSetOptions {
  std::vector<std::filesystem::path> folders;  // where plugins are looked for
  /// What is loaded of a plugin that is to run in a process of its own. `code` is for a process that starts none and
  /// wants its settings checked by the plugin's own description.
  Load isolated = Load::manifest_only;
  MakeOptions make{};
  RunOptions run{};
};

/// All plugins of the host: finds them, starts them in order and reloads them. Its functions are [blocking] and not for
/// a strand; one change of state at a time, `list` and `health` any time.
class PluginSet {
 public:
  PluginSet(const Wiring& wiring, PluginSetOptions options);

  /// A plugin that is part of this program: `host` itself, and tests' own.
  void add(const abi::Descriptor& descriptor);
  void add(Manifest manifest, PluginSlot::Maker maker);
  /// Finds and checks the plugins of the folders and of `path` keys. A refused one is `faulted`.
  void find(const Config& config);
  /// Starts providers first. Errors: of the first plugin that is `required` and does not run.
  Status start(const Config& config);
  /// Stops in reverse order. False when one did not end within its limit: it still holds a thread.
  bool stop();
  /// Stops a plugin and starts it with `config`, or disables it, as its table says. Then starts what
  /// waited for it. Errors: not_found, unavailable (it does not run now).
  Result<host_api::Plugin> reload(const std::string& id, const Config& config);
  /// Reloads every plugin whose table is another one in `config`; a failure is in its state.
  void reload_changed(const Config& config);

  std::vector<host_api::Plugin> list() const { return list_.shown(); }
  std::vector<host_api::PluginHealth> health() const { return list_.health(); }
  /// Of a plugin that the configuration names and nobody found. Errors: invalid_params.
  Status check_names(const Config& config) const;
  /// Sentences about plugins that are refused and settings that they would refuse.
  std::vector<std::string> check(const Config& config) const;
  struct Known {
    std::string id, schema;
  };
  std::vector<Known> known() const;

 private:
  void start_all(const Config& config);
  void start(Member& member, const Config& config);
  Status run(Member& member, const Config& config);

  MethodTable& methods_;
  Log& log_;
  PluginList list_;
  PluginRunner runner_;
  const PluginSetOptions options_;
  std::mutex lifecycle_;  // one start, stop or reload at a time
};

}  // namespace hive::host
