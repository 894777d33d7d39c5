#pragma once
#include <hive/sdk/abi.hpp>
#include <hive/sdk/result.hpp>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace hive::host {

/// What a plugin is and what it may do. Written beside the plugin by its build, and enforced.
struct Manifest {
  std::string id, version;
  std::string abi, abi_tag;  // "1.0"; what changes layout
  std::vector<std::string> provides, needs;
  std::set<std::string, std::less<>> calls, listens;
  std::map<std::string, std::uint32_t, std::less<>> publishes;  // topic to bits of Who
  std::string settings;                                         // JSON Schema; may be empty
  std::string panel;                                            // ES module for the operator's page; may be empty
  std::vector<std::string> snapshot;                            // `key=method/member`

  friend bool operator==(const Manifest&, const Manifest&) = default;

  bool provides_role_of(std::string_view name) const;  // of `role.verb` or `role.fact`
};

Manifest manifest_of(const abi::Descriptor& descriptor);

/// Reads `<plugin>.toml`. Errors: not_found, invalid_params with file and line. [blocking]
Result<Manifest> read_manifest(const std::filesystem::path& file);

/// The first word in which two manifests of one plugin differ, as "calls"; empty when they agree.
std::string difference(const Manifest& a, const Manifest& b);

}  // namespace hive::host
