#pragma once
#include "rows.hpp"

#include <algorithm>
#include <charconv>

namespace hive::broker {

/// How far a reading has got.
struct Reach {
  std::int64_t rows = 0;                           // with those that were left out
  std::int64_t lowest = kMaxInteger, highest = 0;  // ids of them
  std::vector<Unreadable> left_out;

  void pass(std::int64_t id) {
    ++rows;
    lowest = std::min(lowest, id), highest = std::max(highest, id);
  }
};

inline std::int64_t id_of(const Entry& entry) {
  return entry.message.id;
}
inline std::int64_t id_of(const Kept& kept) {
  return kept.message.id;
}
inline std::int64_t id_of(const Standing& standing) {
  return standing.id;
}
/// 0: its id is what cannot be read.
inline std::int64_t id_of(const Unreadable& row) {
  std::int64_t id = 0;
  std::from_chars(row.id.data(), row.id.data() + row.id.size(), id);
  return id;
}

/// Hands each message to `take`, until that says false. A message that cannot be read is left out and holds up none
/// that comes after it: it counts as a row that was passed, which whoever reads on in steps must know. [blocking]
template <class Row, class Take>
Result<Reach> read_each(sqlite::RowsOf<Row> rows, Take take) {
  Reach reach;
  for (bool more = true; more;) {
    auto row = rows.next();
    if (!row) break;
    reach.pass(id_of(*row));
    more = take(*row);
  }
  if (!rows.status()) return rows.status().error();
  reach.left_out = rows.unreadable();
  for (const auto& row : reach.left_out) reach.pass(id_of(row));
  return reach;
}

}  // namespace hive::broker
