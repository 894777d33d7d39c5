#pragma once
#include <hive/sdk/contracts/host.hpp>

#include <boost/json.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::harness {

/// One method of the host as a tool.
struct HostTool {
  std::string name, method, description, answer, lines;  // the last two as in the contract's Tool
  boost::json::object schema;                            // of what the model sends
  std::int64_t deadline_ms = 30'000;
  bool is_read_only = false;
  std::optional<bool> is_destructive{}, is_idempotent{}, is_open_world{};  // absent: its contract does not say
  bool takes_key = false;  // its params have a member `key`, which the model does not see
};

/// What `methods` offers as tools to `role`, by name. A tool that a client could refuse, and with it the
/// whole list, is left out and told to `complain`. [any-thread]
std::vector<HostTool> tools_from(const host_api::Methods& methods, Who role,
                                 const std::function<void(std::string)>& complain);

/// Why clients or the model's vendor would refuse it; empty when they take it.
std::string flaw_of(const HostTool& tool);

/// The tool as `tools/list` shows it.
boost::json::object described(const HostTool& tool);

}  // namespace hive::harness
