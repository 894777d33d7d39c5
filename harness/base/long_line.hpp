#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace hive::harness {

/// A line of JSON as it comes. One that is longer than `most` bytes stays readable: of each text in it the
/// beginning is kept. What is longer even so is left out, and named. One thread.
class LongLine {
 public:
  /// `text` bytes, and not much more, are kept of a text in a line that is too long.
  struct Limits {
    std::size_t most, text;
  };
  explicit LongLine(Limits limits) : limits_(limits) {}

  void add(std::string_view part);
  bool is_empty() const { return bytes_ == 0; }
  /// What was kept of the line; the next one begins.
  std::string take();

 private:
  void shorten(std::string_view part);
  bool is_kept(char c);

  Limits limits_;
  std::string kept_;
  std::size_t bytes_ = 0;  // of the line
  // While it is shortened:
  bool in_text_ = false, cut_ = false, escape_begins_ = false;
  std::size_t text_bytes_ = 0, escape_left_ = 0;
};

}  // namespace hive::harness
