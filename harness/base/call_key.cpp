#include "base/call_key.hpp"

#include <cstdint>
#include <cstdio>

namespace hive::harness {
namespace {

/// Of the use's own name; the vendor's have 30 bytes. Keys have 128 at most.
constexpr std::size_t kLongestUse = 64;

/// FNV-1a.
std::uint64_t number_of(std::string_view text, std::uint64_t number) {
  constexpr std::uint64_t kPrime = 0x100000001B3;
  for (const unsigned char byte : text) number = (number ^ byte) * kPrime;
  return number;
}

}  // namespace

std::string call_key(std::string_view prefix, std::string_view use) {
  if (use.size() <= kLongestUse) return std::string(prefix).append(use);
  constexpr std::uint64_t kFirst = 0xCBF29CE484222325, kSecond = 0x6C62272E07BB0142;
  char number[64];
  std::snprintf(number, sizeof number, "long-%zu-%016llx%016llx", use.size(),
                static_cast<unsigned long long>(number_of(use, kFirst)),
                static_cast<unsigned long long>(number_of(use, kSecond)));
  return std::string(prefix).append(number);
}

}  // namespace hive::harness
