#pragma once
#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

/// Staying below an answer's size. All [any-thread].
namespace hive {

/// What the rows of one answer have in JSON at most, in bytes. Answers over 1 MiB do not pass the host, and something
/// stands around the rows.
inline constexpr std::size_t kAnswerBytes = 900 << 10;

/// Whether `more` bytes still fit into an answer of `most` bytes that holds `bytes`; what comes first always does.
constexpr bool fits(std::size_t bytes, std::size_t more, std::size_t most) {
  return bytes == 0 || bytes + more <= most;
}

/// Rows of one answer, gathered until one does not fit.
template <class Row>
class BoundedList {
 public:
  /// How many rows it takes, and how many bytes of them.
  struct Most {
    std::size_t rows, bytes = kAnswerBytes;
  };
  /// `held`: bytes that the answer has already.
  explicit BoundedList(Most most, std::size_t held = 0) : most_(most), bytes_(held) {}

  /// False: it is full from now on, and `row`, which has so many bytes, is not in it.
  bool add(Row row, std::size_t bytes) {
    more_ = more_ || room() == 0 || !fits(bytes_, bytes, most_.bytes);
    if (more_) return false;
    bytes_ += bytes;
    rows_.push_back(std::move(row));
    return true;
  }
  /// There was a row that is not in it.
  bool more() const { return more_; }
  /// How many more rows it takes.
  std::size_t room() const { return most_.rows - rows_.size(); }
  /// Its rows as they were added, once.
  std::vector<Row> take() { return std::exchange(rows_, {}); }
  /// The same, the last that was added first.
  std::vector<Row> take_reversed() {
    std::reverse(rows_.begin(), rows_.end());
    return take();
  }

 private:
  const Most most_;
  std::size_t bytes_;
  std::vector<Row> rows_;
  bool more_ = false;
};

}  // namespace hive
