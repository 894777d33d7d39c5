#pragma once
#include <cstddef>
#include <string>

namespace hive::os {

/// `bytes` (at most 256) from the system's generator, as lower-case hexadecimal digits. Ends the process when there are
/// none: without them nothing is safe. [any-thread]
std::string random_hex(std::size_t bytes);

}  // namespace hive::os
