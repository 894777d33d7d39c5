#pragma once
#include <hive/sdk/result.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace hive::host {

enum class Form { text, json };

/// `hive-c0re config check` and `config show`, with a host running or not; `words`: what follows
/// `config`. Loads the plugins to ask for their settings, starts none. Returns the exit code: 64
/// when `check` found something. Errors: invalid_params (the words, or a file that is not TOML). [blocking]
Result<int> config_command(const std::filesystem::path& root, std::vector<std::string> words, Form form);

}  // namespace hive::host
