#pragma once
#include <hive/sdk/result.hpp>

#include <map>
#include <string>
#include <string_view>

namespace hive::harness {

using Placeholders = std::map<std::string, std::string, std::less<>>;

/// `text` with each `{{name}}` replaced by its value. Errors: invalid_params (an unknown placeholder, or
/// one that does not end; the message names it and `file`). [any-thread]
Result<std::string> substitute(std::string_view text, const Placeholders& values, std::string_view file);

}  // namespace hive::harness
