#pragma once
#include "manifest.hpp"

namespace hive::host {

/// A plugin's file that passed the checks. `descriptor` is null when its code was not loaded because
/// it is to run in a process of its own.
struct Accepted {
  Manifest manifest;
  std::filesystem::path file;
  const abi::Descriptor* descriptor = nullptr;
};

enum class Load { code, manifest_only };

/// Checks in this order: the manifest (its id is the file's name; ABI and tag), the symbol list (nothing is run),
/// load, the descriptor (ABI, tag, fields), the descriptor against the manifest. Its code stays mapped as
/// long as the process. A refusal is one sentence: file, what was wanted, what was found, what to do.
/// Errors: unavailable. [blocking]
Result<Accepted> accept_plugin(const std::filesystem::path& file, Load load);

/// The checks of a descriptor that is in memory. `file` names it in the refusal.
Status check_descriptor(const abi::Descriptor& descriptor, const std::string& file);

}  // namespace hive::host
