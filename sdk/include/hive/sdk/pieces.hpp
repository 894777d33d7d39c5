#pragma once
#include <hive/sdk/codec.hpp>

namespace hive {

/// A text that one answer may not hold, put together of pieces. A piece has as `next` what the one after it is asked
/// with as `offset`; what else the answers say must be the same in all.
class Pieces {
 public:
  /// Of at most this many bytes.
  static constexpr std::size_t kMostBytes = 8 << 20;

  /// `member`: that of an answer which is the text.
  explicit Pieces(std::string member) : member_(std::move(member)) {}

  /// Takes the next answer. The `offset` to ask the one after it with; null: there is none. Errors: internal (it has no
  /// such text), conflict (what it is about was changed meanwhile), too_large.
  Result<json::value> add(json::value answer);
  /// The answers as one, without `next`.
  json::object whole() &&;

 private:
  const std::string member_;
  std::string text_;
  std::optional<json::object> rest_;
};

}  // namespace hive
