#include <hive/utf8/utf8.hpp>

#include <algorithm>
#include <iterator>

#include "unseen.hpp"

namespace hive::utf8 {

Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return std::uint32_t(static_cast<unsigned char>(text[i])); };
  if (text.empty()) return {};
  const auto lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  const auto least = lead == 0xE0 ? 0xA0u : lead == 0xF0 ? 0x90u : 0x80u;
  const auto most = lead == 0xED ? 0x9Fu : lead == 0xF4 ? 0x8Fu : 0xBFu;
  if (byte(1) < least || byte(1) > most) return {};
  auto point = lead & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    point = point << 6 | (byte(i) & 0x3F);
  }
  return {point, bytes};
}

bool is_valid(std::string_view text) {
  while (!text.empty()) {
    const auto bytes = first_of(text).bytes;
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string_view beginning_of(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

bool is_unseen(std::uint32_t point) {
  const auto in = [=](const Range& range) { return range.first <= point && point <= range.last; };
  return std::any_of(std::begin(kUnseen), std::end(kUnseen), in);
}

bool is_joiner(std::uint32_t point) {
  return kJoiners.first <= point && point <= kJoiners.last;
}

bool has_unseen(std::string_view text) {
  while (!text.empty()) {
    const auto [point, bytes] = first_of(text);
    if (bytes == 0 || is_unseen(point)) return true;
    text.remove_prefix(bytes);
  }
  return false;
}

std::string without_unseen(std::string_view text, char mark) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto character = text.substr(0, std::max<std::size_t>(first_of(text).bytes, 1));
    out += has_unseen(character) ? std::string_view(&mark, 1) : character;
    text.remove_prefix(character.size());
  }
  return out;
}

}  // namespace hive::utf8
