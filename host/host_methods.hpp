#pragma once
#include "manifest.hpp"
#include "method_table.hpp"

#include <hive/sdk/contracts/host.hpp>
#include <hive/sdk/host.hpp>

namespace hive::host {

class App;

/// A method as methods.list shows it to `who`; to kEverybody, who are no caller, with all that it says. Nothing when
/// it was not read when it was added. [any-thread]
std::optional<host_api::MethodAbout> listed(const MethodTable::Row& row, Who who);

/// The host's own methods: a plugin like any other, of role `host`, that is part of this program.
class HostMethods final : public abi::Plugin {
 public:
  HostMethods(abi::Host& raw, const abi::Environment& environment, App& app)
      : raw_(raw), host_(raw, environment), app_(app) {}

  static Manifest manifest();
  void start() noexcept override;
  void stop() noexcept override { host_.stop(); }

 private:
  void answer_lists();
  void answer_verbs();
  void answer_sockets();
  Result<host_api::Methods> methods_for(Who who, MethodTable::Listed which) const;
  Task<Result<host_api::Plugin>> reload(host_api::PluginRef which);
  Task<Result<None>> shutdown(host_api::Shutdown how);
  Result<None> set_level(const host_api::LogLevel& wanted);

  abi::Host& raw_;
  hive::Host host_;
  App& app_;
};

}  // namespace hive::host
