#pragma once
#include <hive/sdk/contracts/agent.hpp>

#include <filesystem>

namespace hive::agent {

/// One `agent.toml` as it was read or sent.
struct Source {
  std::string text;
  std::string file;            // how errors name it
  std::filesystem::path root;  // of the hive: mounts must lie outside it
};

/// Reads an `agent.toml` and judges it: syntax, known keys, types, ranges, and the rules that a type
/// cannot say, like which folders may be mounted, for which it looks at them. Errors: too_large (over 256 KiB),
/// invalid_params, naming file, line and key. [blocking]
Result<Toml> read_toml(const Source& source);

/// Bytes of a size like 512M or 2G (powers of 1,024); nothing when it is none. [any-thread]
std::optional<std::int64_t> bytes_of(std::string_view size);

}  // namespace hive::agent
