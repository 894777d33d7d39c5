#pragma once
#include "lives.hpp"

namespace hive::broker {

/// A message that turns failed on and that can be queued again.
struct DeadLetter {
  std::int64_t id = 0;
  std::string owner, sender;
};

/// Messages that were given up, and how they get another chance.
///
/// [blocking], in a transaction of Mailboxes.
class DeadMail {
 public:
  /// All of it outlives it.
  DeadMail(sqlite::Database& database, Messages& messages, const Lives& lives)
      : database_(database), messages_(messages), lives_(lives) {}

  /// One is queued again. Errors: not_found, conflict (it is not dead, or its recipient was purged).
  Result<DeadLetter> requeue(std::int64_t id);
  /// Some of those that can be, of all mailboxes or one; none: there are no more.
  Result<std::vector<DeadLetter>> requeue_some(const std::optional<std::string>& of);

 private:
  Status queue(const DeadLetter& letter);

  sqlite::Database& database_;
  Messages& messages_;
  const Lives& lives_;
};

}  // namespace hive::broker
