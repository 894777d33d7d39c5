#pragma once
#include "config.hpp"
#include "plugin_loader.hpp"
#include "plugin_slot.hpp"

#include <hive/sdk/contracts/host.hpp>

namespace hive::host {

/// One plugin that the host knows of. Its list guards `about` and `slot`; the rest is for whoever starts and stops it.
struct Member {
  Accepted accepted;
  PluginKeys keys;
  PluginSlot::Maker built_in;  // of a plugin that is part of this program
  host_api::Plugin about;
  std::shared_ptr<PluginSlot> slot;  // null until it was created; shared with its own operations
  std::string started_with;          // all that the configuration says of it, to see a change
  bool hung = false;
};

/// The plugins that the host knows of and how they are. One thread at a time starts and stops them: what is not marked
/// [any-thread] is for that one.
class PluginList {
 public:
  PluginList(Log& log, const Router& router) : log_(log), router_(router) {}

  void add(Member member);
  /// Looks at the file of a member that does not run and at its keys anew. [blocking]
  void accept_again(Member& member, const Config& config, Load isolated);
  /// Providers first; those that cannot be put in an order are `faulted` from then on.
  void put_in_start_order();
  const std::vector<std::unique_ptr<Member>>& members() const { return members_; }
  /// Null: there is none.
  Member* find(std::string_view id) const;

  /// A reason is logged too.
  void set(Member& member, host_api::PluginState state, std::optional<std::string> reason = {});
  void set_created(Member& member, std::shared_ptr<PluginSlot> slot);
  void set_running(Member& member, std::chrono::steady_clock::duration start_time);
  void set_quarantined(const std::string& id, const std::string& reason);  // [any-thread]

  host_api::PluginState state_of(const Member& member) const;
  host_api::Plugin shown_of(const Member& member) const;
  std::vector<host_api::Plugin> shown() const;         // [any-thread]
  std::vector<host_api::PluginHealth> health() const;  // [any-thread]

 private:
  void leave_out_rival_keys(Member& member) const;

  Log& log_;
  const Router& router_;
  mutable std::mutex mutex_;                      // guards `about` and `slot` of members, and the list
  std::vector<std::unique_ptr<Member>> members_;  // in start order once started
};

}  // namespace hive::host
