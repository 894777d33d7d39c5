#pragma once
#include "config.hpp"
#include "isolated_plugin.hpp"
#include "plugin_loader.hpp"
#include "plugin_slot.hpp"

#include <hive/sdk/contracts/host.hpp>

namespace hive::host {

struct PluginSetOptions {
  std::filesystem::path root, share;
  std::vector<std::filesystem::path> folders;  // where plugins are looked for
  std::chrono::seconds start_limit{10}, stop_limit{5};
  IsolationOptions isolation{};
  /// What is loaded of a plugin that is to run in a process of its own. `code` is for a process that starts none and
  /// wants its settings checked by the plugin's own description.
  Load isolated = Load::manifest_only;
  /// Called when a plugin holds a thread for good: gives the others one in its place.
  std::function<void()> replace_thread = [] {};
};

/// All plugins of the host and how they are. Its functions are [blocking] and not for a strand; one
/// change of state at a time, `list` and `health` any time.
class PluginSet {
 public:
  PluginSet(const Wiring& wiring, PluginSetOptions options) : wiring_(wiring), options_(std::move(options)) {}

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

  std::vector<host_api::Plugin> list() const;
  std::vector<host_api::PluginHealth> health() const;
  /// Of a plugin that the configuration names and nobody found. Errors: invalid_params.
  Status check_names(const Config& config) const;
  /// Sentences about plugins that are refused and settings that they would refuse.
  std::vector<std::string> check(const Config& config) const;
  struct Known {
    std::string id, schema;
  };
  std::vector<Known> known() const;

 private:
  struct Member {
    Accepted accepted;
    PluginKeys keys;
    PluginSlot::Maker built_in;  // of a plugin that is part of this program
    host_api::Plugin about;
    std::shared_ptr<PluginSlot> slot;  // null until it was created; shared with its own operations
    std::string started_with;          // all that `config` says of it, to see a change
    bool hung = false;
  };

  void find_file(const std::filesystem::path& file, const Config& config);
  void accept(Member& member, const Config& config) const;
  void enlist(Member member);
  void provide(const Member& member, MethodTable::Presence presence) const;
  void expect(const Member& member) const;
  void refuse_by_graph();
  void start_all(const Config& config);
  void start(Member& member, const Config& config);
  Status run(Member& member, const Config& config);
  Result<PluginSlot::Maker> maker_of(const Member& member, const Config& config) const;
  PluginSlot::Maker isolated_maker(const Member& member, std::string settings) const;
  void note_quarantine(const std::string& id, const std::string& reason) const;
  Result<std::string> checked_settings(const Member& member, const Config& config) const;
  bool stop(Member& member);
  std::string missing_need(const Member& member) const;
  std::string rival(const Member& member) const;
  void set(Member& member, host_api::PluginState state, std::optional<std::string> reason = {});
  host_api::PluginState state_of(const Member& member) const;
  Member* find_member(std::string_view id);
  void leave_out_rival_keys(Member& member) const;
  host_api::Plugin shown_of(const Member& member) const;
  static std::string said_of(const Member& member, const Config& config);
  template <class Change>
  Status wait_for(std::chrono::seconds limit, const std::string& id, Change change) const;

  const Wiring wiring_;
  const PluginSetOptions options_;
  std::mutex lifecycle_;                          // one start, stop or reload at a time
  mutable std::mutex mutex_;                      // guards `about` and `slot` of members, and the list
  std::vector<std::unique_ptr<Member>> members_;  // in start order once started
};

}  // namespace hive::host
