#pragma once
#include <string>

namespace hive::harness {

/// 16 hexadecimal digits that nobody could know before. [any-thread]
std::string make_nonce();

}  // namespace hive::harness
