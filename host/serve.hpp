#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace hive::host {

/// `hive-c0re serve …`: runs the host until it is asked to stop; `words`: what follows `serve`.
/// Returns the exit code.
int serve(const std::filesystem::path& root, std::vector<std::string> words);

}  // namespace hive::host
