#pragma once
#include "local_host.hpp"

#include <hive/sdk/method.hpp>
#include <hive/sdk/result.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace hive::host {

/// One answered method. Shared by the table and by every call in flight: the plugin's context is given
/// back, on its strand, when the last of them is gone.
struct Registration {
  Registration(std::shared_ptr<LocalHost> owner, const abi::MethodInfo& info, const abi::Handler& answers);
  Registration(const Registration&) = delete;  // a copy would give the context back twice
  ~Registration();

  const std::shared_ptr<LocalHost> slot;
  const std::string method, about;
  const std::uint32_t callers, deadline_ms;
  const abi::Handler handler;
  Code why_ended = Code::ok;
  std::string why_words;
};

/// Which plugin answers what. [any-thread]
class MethodTable {
 public:
  using Entry = std::shared_ptr<Registration>;

  /// Answers the method from now on. A name that another plugin answers ends `registration` with conflict.
  void add(Entry registration);
  void remove(std::string_view method, const LocalHost& slot);
  void remove_all(const LocalHost& slot);
  enum class Presence { away, here };
  /// A role of a plugin that was accepted: its methods are `unavailable`, not unknown, while it is away.
  void set_provider(const std::string& role, const std::string& plugin, Presence presence);
  /// Errors: method_not_found, unavailable (its plugin does not run now), forbidden.
  Result<Entry> find(std::string_view method, Who caller) const;

  struct Row {
    std::string name, about;
    std::uint32_t callers = 0, deadline_ms = 0;
  };
  /// Those that `who` may call, by name.
  std::vector<Row> rows(Who who) const;

 private:
  struct Provider {
    std::string plugin;
    Presence presence = Presence::away;
  };

  Error why_not(std::string_view method) const;

  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> methods_;
  std::map<std::string, Provider, std::less<>> providers_;  // by role
};

}  // namespace hive::host
