#pragma once
#include "plugin_list.hpp"

namespace hive::host {

struct RunOptions {
  std::chrono::seconds start_limit{10}, stop_limit{5};
  /// Called when a plugin holds a thread for good: gives the others one in its place.
  std::function<void()> replace_thread = [] {};
};

/// Starts plugins, each in a slot of its own, and stops them, each within its limit. One that does not end in time has
/// hung, and holds its thread. Not for a strand. [blocking]
class PluginRunner {
 public:
  PluginRunner(const Wiring& wiring, PluginList& list, RunOptions options)
      : wiring_(wiring), list_(list), options_(std::move(options)) {}

  /// `may_act_as`: principals. Errors: of the plugin, timeout; the member does not run then.
  Status start(Member& member, PluginSlot::Maker maker, std::set<std::string> may_act_as);
  /// False: it did not end in time and is `faulted`.
  bool stop(Member& member);

 private:
  void give_up(Member& member);

  const Wiring wiring_;
  PluginList& list_;
  const RunOptions options_;
};

}  // namespace hive::host
