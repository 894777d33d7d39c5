#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hive::harness {

/// A piece of what is stored, gathered from the newest row back: at most `limit` rows, and of `bytes` unless it is a
/// single one.
template <class Row>
class NewestRows {
 public:
  NewestRows(std::int64_t limit, std::size_t bytes) : limit_(std::size_t(limit)), bytes_(bytes) {}

  /// False: it is full, and `row`, which has so many bytes, is not in it.
  bool add(Row row, std::size_t bytes) {
    size_ += bytes;
    more_ = rows_.size() >= limit_ || (!rows_.empty() && size_ > bytes_);
    if (!more_) rows_.push_back(std::move(row));
    return !more_;
  }
  /// There was one that did not fit.
  bool more() const { return more_; }
  /// Oldest first.
  std::vector<Row> take() {
    std::reverse(rows_.begin(), rows_.end());
    return std::move(rows_);
  }

 private:
  const std::size_t limit_, bytes_;
  std::size_t size_ = 0;
  std::vector<Row> rows_;
  bool more_ = false;
};

}  // namespace hive::harness
