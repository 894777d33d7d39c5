#pragma once
#include "lives.hpp"

namespace hive::broker {

/// A message that is kept no more.
struct Removed {
  std::int64_t id = 0;
  std::string owner, sender;
};

/// How long messages and keys are kept.
///
/// [blocking], in a transaction of Mailboxes.
class Retention {
 public:
  /// All of it outlives it.
  Retention(sqlite::Database& database, Messages& messages, const Lives& lives)
      : database_(database), messages_(messages), lives_(lives) {}

  struct Range {
    std::int64_t from = 0;
    Time oldest, now;
  };
  struct Swept {
    std::int64_t next = 0;  // where to go on; 0: done
    std::vector<Removed> removed;
  };
  /// One step over the ids after `from`: removes what was settled before `oldest`, and dead mail of agents that were
  /// purged before it, and forgets the keys of what was sent before it.
  Result<Swept> sweep(const Range& range);

 private:
  struct Found;
  Result<Found> read(const Range& range);

  sqlite::Database& database_;
  Messages& messages_;
  const Lives& lives_;
};

}  // namespace hive::broker
