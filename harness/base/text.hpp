#pragma once
#include <string_view>

namespace hive::harness {

/// The beginning of a UTF-8 text: at most `most` bytes, cut between characters. [any-thread]
inline std::string_view beginning_of(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace hive::harness
