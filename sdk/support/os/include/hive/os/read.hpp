#pragma once
#include <hive/sdk/result.hpp>

#include <cstddef>

namespace hive::os {

/// What is left of an open file; `what` names it. Errors: too_large, also when it grows meanwhile; unavailable.
/// [blocking]
Result<std::string> read_rest(int file, const std::string& what, std::size_t most_bytes);

}  // namespace hive::os
