#include "text.hpp"

#include <hive/utf8/utf8.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace hive::host::cli {
namespace {

/// The character at the front of `text`; a byte that begins none is one by itself.
utf8::Character first_of(std::string_view text) {
  const auto character = utf8::first_of(text);
  return character.bytes > 0 ? character : utf8::Character{static_cast<unsigned char>(text[0]), 1};
}

/// Cannot be seen, and no text needs it.
bool is_hidden(std::uint32_t point) {
  return utf8::is_unseen(point) && !utf8::is_joiner(point);
}

/// U+2400 and on: the signs for the control characters.
std::string control_sign(std::uint32_t point) {
  const auto low = point == 0x7F ? 0x21u : point;
  return {'\xE2', '\x90', char(0x80 + low)};
}

std::string point_sign(std::uint32_t point) {
  char out[16];
  const auto size = std::snprintf(out, sizeof out, "<U+%04X>", point);
  return {out, std::size_t(size)};
}

std::string cut(std::string_view text, std::size_t length) {
  if (shown_length(text) <= length) return std::string(text);
  std::string out;
  for (std::size_t shown = 0; shown + 1 < length && !text.empty(); ++shown) {
    const auto bytes = first_of(text).bytes;
    out += text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return out + "…";
}

}  // namespace

std::string visible(std::string_view text, Lines lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto [point, bytes] = first_of(text);
    const bool kept = lines == Lines::keep && (point == '\n' || point == '\t');
    if (kept || (bytes == 1 && point >= 0x20 && point < 0x7F))
      out += char(point);
    else if (point == '\n' || point == '\t')
      out += ' ';
    else if (bytes == 1 && (point < 0x20 || point == 0x7F))
      out += control_sign(point);
    else if (bytes == 1 || is_hidden(point))
      out += point_sign(point);
    else
      out += text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return out;
}

std::size_t shown_length(std::string_view text) {
  return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string table(std::span<const std::string> titles, std::span<const std::vector<std::string>> rows,
                  std::size_t width) {
  std::vector<std::size_t> widths(titles.size(), 0);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < titles.size(); ++i) widths[i] = std::max(widths[i], shown_length(row[i]));
  std::size_t last = 0;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    if (widths[i] == 0) continue;
    widths[i] = std::max(widths[i], shown_length(titles[i]));
    last = i;
  }
  std::string out;
  const auto add = [&](std::span<const std::string> row) {
    std::size_t used = 0;
    for (std::size_t i = 0; i < last; ++i) {
      if (widths[i] == 0) continue;
      out += row[i] + std::string(widths[i] - shown_length(row[i]) + 2, ' ');
      used += widths[i] + 2;
    }
    out += width > used + 10 ? cut(row[last], width - used) : row[last];
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  };
  add(titles);
  for (const auto& row : rows) add(row);
  return out;
}

std::string ago(Time then, Time now) {
  const auto seconds = (now.ms - then.ms) / 1'000;
  if (seconds < 1) return "now";
  if (seconds < 60) return std::to_string(seconds) + "s";
  if (seconds < 3'600) return std::to_string(seconds / 60) + "m";
  if (seconds < std::int64_t{48} * 3'600) return std::to_string(seconds / 3'600) + "h";
  return std::to_string(seconds / 86'400) + "d";
}

std::string clock_text(Time moment, Time now) {
  const std::time_t then_s = moment.ms / 1'000, now_s = now.ms / 1'000;
  std::tm then{}, today{};
  ::localtime_r(&then_s, &then);
  ::localtime_r(&now_s, &today);
  const bool same_day = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday;
  char text[32];
  const auto size = std::strftime(text, sizeof text, same_day ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &then);
  return {text, size};
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace hive::host::cli
