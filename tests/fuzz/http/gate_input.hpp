#pragma once
#include <string>
#include <string_view>

namespace hive::http {

/// What the gate must never do, whatever a client sends. Reads `input` in several ways; empty when all is
/// well, else which rule was broken.
std::string broken_rule(std::string_view input);

}  // namespace hive::http
