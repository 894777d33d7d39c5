#pragma once
#include "local_host.hpp"
#include "plugin_text.hpp"

#include <hive/sdk/method.hpp>
#include <hive/sdk/result.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace hive::host {

/// One answered method. Shared by the table and by every call in flight: the plugin's context is given
/// back, on its strand, when the last of them is gone.
struct Registration {
  Registration(std::shared_ptr<LocalHost> owner, const abi::MethodInfo& info, const abi::Handler& answers,
               MethodNames beside);
  Registration(const Registration&) = delete;  // a copy would give the context back twice
  ~Registration();

  const std::shared_ptr<LocalHost> slot;
  const std::string method, about;
  const MethodNames names;
  const std::uint32_t callers, deadline_ms;
  const abi::Handler handler;
  Code why_ended = Code::ok;
  std::string why_words;
};

/// Which plugin answers what. [any-thread]
class MethodTable {
 public:
  using Entry = std::shared_ptr<Registration>;

  struct Row {
    std::string name, about;
    std::uint32_t callers = 0, deadline_ms = 0;
    bool is_away = false;
  };
  /// A method of a contract: its tool, alias and addresses are its alone, whoever comes first.
  void reserve(Row contract, MethodNames names);
  /// Calls `told` whenever a method that concerns pages came or went, inside of the change: it must not call this.
  /// Once, before there are any.
  void on_pages_change(std::function<void()> told) { told_ = std::move(told); }
  /// Answers the method from now on. Errors: conflict (another plugin answers a method of that name; its tool, alias
  /// or address is another method's; all that its plugin says of its methods is too much). Nothing was added then.
  Status add(Entry registration);
  /// Of a method that its plugin offered and that is not answered: callers hear why instead of that it is unknown.
  void leave_out(std::string_view method, const LocalHost& slot, const std::string& why);
  void remove(std::string_view method, const LocalHost& slot);
  void remove_all(const LocalHost& slot);
  enum class Presence { away, here };
  /// A role of a plugin that was accepted: its methods are `unavailable`, not unknown, while it is away.
  void set_provider(const std::string& role, const std::string& plugin, Presence presence);
  /// The same for a plugin that was refused, unless another one has the role.
  void expect_provider(const std::string& role, const std::string& plugin);
  /// Errors: method_not_found, unavailable (its plugin does not run now), forbidden.
  Result<Entry> find(std::string_view method, Who caller) const;

  enum class Listed { answered, away_too };
  /// Those that `who` may call, by name; `away_too`: also those of contracts that nobody answers now.
  std::vector<Row> rows(Who who, Listed listed = Listed::answered) const;

 private:
  struct Provider {
    std::string plugin;
    Presence presence = Presence::away;
  };

  struct LeftOut {
    std::string plugin, why;
  };
  struct Contract {
    Row row;
    MethodNames names;
  };

  Status check_names(const Registration& offered) const;
  Status check_size(const Registration& offered) const;
  template <class Has>
  const std::string* owner_where(const std::string& but, Has has) const;
  Status check_addresses(const Registration& offered) const;
  bool is_role(const std::string& word) const;
  Error why_not(std::string_view method) const;

  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> methods_;
  std::map<std::string, Contract, std::less<>> reserved_;   // by method
  std::map<std::string, LeftOut, std::less<>> left_out_;    // by method
  std::map<std::string, Provider, std::less<>> providers_;  // by role
  std::function<void()> told_ = [] {};
};

}  // namespace hive::host
