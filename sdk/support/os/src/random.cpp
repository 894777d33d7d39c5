#include <hive/os/random.hpp>

#include <sys/random.h>

#include <cstdlib>
#include <string_view>

namespace hive::os {

std::string random_hex(std::size_t bytes) {
  std::string random(bytes, '\0');
  // Up to 256 bytes are never cut short.
  if (::getrandom(random.data(), bytes, 0) != static_cast<ssize_t>(bytes)) std::abort();
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : random) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

}  // namespace hive::os
