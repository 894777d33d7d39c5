#include "base/long_line.hpp"

#include <utility>

namespace hive::harness {
namespace {

constexpr std::size_t kHexDigits = 4;  // of \uXXXX

}  // namespace

void LongLine::add(std::string_view part) {
  const bool was_short = bytes_ <= limits_.most;
  bytes_ += part.size();
  if (bytes_ <= limits_.most) {
    kept_ += part;
    return;
  }
  if (was_short) shorten(std::exchange(kept_, {}));
  shorten(part);
}

std::string LongLine::take() {
  auto line =
      kept_.size() <= limits_.most ? std::move(kept_) : "[a line of " + std::to_string(bytes_) + " bytes was left out]";
  *this = LongLine(limits_);
  return line;
}

void LongLine::shorten(std::string_view part) {
  for (const char c : part) {
    if (kept_.size() > limits_.most) return;
    if (is_kept(c)) kept_ += c;
  }
}

/// A text ends between two of its characters or escapes.
bool LongLine::is_kept(char c) {
  if (!in_text_) {
    in_text_ = c == '"';
    cut_ = false;
    text_bytes_ = 0;
    return true;
  }
  ++text_bytes_;
  if (escape_left_ > 0) {
    --escape_left_;
    if (std::exchange(escape_begins_, false) && c == 'u') escape_left_ = kHexDigits;
    return !cut_;
  }
  if (c == '"') return in_text_ = false, true;
  cut_ = cut_ || text_bytes_ > limits_.text;
  if (c == '\\') escape_left_ = 1, escape_begins_ = true;
  return !cut_;
}

}  // namespace hive::harness
