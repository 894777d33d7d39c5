#pragma once
#include <hive/sdk/result.hpp>
#include <hive/sdk/time.hpp>

#include <sys/stat.h>

#include <cstddef>

namespace hive::os {

/// Reads what is left of an open file, which is borrowed; `what` names it in errors. Errors: too_large, also when it
/// grows meanwhile; unavailable. [blocking]
Result<std::string> read_rest(int file, const std::string& what, std::size_t most_bytes);

/// When the contents of a file were last written. [any-thread]
Time changed_at(const struct stat& status);

}  // namespace hive::os
