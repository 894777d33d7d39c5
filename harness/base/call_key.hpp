#pragma once
#include <string>
#include <string_view>

namespace hive::harness {

/// The idempotency key of a tool call: `prefix` names the run of the CLI, `use` is the CLI's name for the use of the
/// tool. It fits the contracts however long `use` is: a long one stands as a number made of all of it. [any-thread]
std::string call_key(std::string_view prefix, std::string_view use);

}  // namespace hive::harness
