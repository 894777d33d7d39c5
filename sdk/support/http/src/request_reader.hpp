#pragma once
#include "head.hpp"

namespace hive::http {

/// The gate: takes bytes as they come and hands out whole requests, one at a time and in their order.
/// What it says does not depend on how the bytes were cut into pieces. Holds no more than a head and a
/// body of the most allowed size, and what was added since the last step. One thread at a time.
class RequestReader {
 public:
  struct Limits {
    std::size_t head_bytes = 16'384;
    HeadLimits head{};
  };
  enum class Step { incomplete, complete, refused };
  enum class Waiting { idle, head, body };

  explicit RequestReader(const Limits& limits) : limits_(limits) {}

  void add(std::string_view bytes) { buffer_ += bytes; }
  /// Looks at what is there. After `complete` comes take(); after `refused` nothing more.
  Step step();
  /// What an incomplete request lacks; idle: not one byte of it is there.
  Waiting waiting() const;
  /// True once, when a client waits for leave to send its body.
  bool take_expectation();
  Head take();
  const Refusal& refusal() const { return refusal_; }
  std::size_t buffered() const { return buffer_.size() - begin_; }

 private:
  std::string_view unread() const { return std::string_view(buffer_).substr(begin_); }
  Step refuse(int status, std::string why);
  Step read_head();

  const Limits limits_;
  std::string buffer_;
  std::size_t begin_ = 0;      // what was taken before it is removed when it is worth while
  std::size_t searched_ = 0;   // of unread(): holds no end of a head
  std::optional<Head> head_;   // its lines are removed
  bool skipped_line_ = false;  // one empty line before a request is let pass, as RFC 9112 asks
  Refusal refusal_;
};

}  // namespace hive::http
