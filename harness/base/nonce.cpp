#include "base/nonce.hpp"

#include <sys/random.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace hive::harness {

std::string make_nonce() {
  std::array<unsigned char, 8> bytes{};
  // Up to 256 bytes cannot be cut short; without a source of randomness nothing is safe.
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string nonce;
  for (const auto byte : bytes) {
    nonce += kDigits[byte >> 4];
    nonce += kDigits[byte & 0xF];
  }
  return nonce;
}

}  // namespace hive::harness
