#pragma once
#include <hive/rpc/line_id.hpp>

#include <string>
#include <string_view>

namespace hive::host {

/// Makes lines of the pieces that a socket gives, and holds no more of one than it may have. [strand]
class LineJoiner {
 public:
  explicit LineJoiner(std::size_t most) : most_(most) {}

  struct Line {
    std::string_view text;  // holds until the next call
    bool is_too_long = false;
    std::string id{};  // of one that is too long, as far as it was found
  };
  /// The line that ends with `piece`.
  Line end_with(std::string_view piece);
  /// Keeps what has no end yet.
  void keep(std::string_view piece);

 private:
  const std::size_t most_;  // bytes
  std::string partial_;     // of a line
  std::string ended_;       // the line that was handed out
  rpc::LineId skipped_;     // of a line that is too long
  bool too_long_ = false;
};

}  // namespace hive::host
