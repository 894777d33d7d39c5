#pragma once
#include "counts.hpp"

namespace hive::broker {

/// A message that is written.
struct NewMessage {
  std::int64_t id = 0;  // is set when it is stored
  std::string_view owner, sender;
  std::int64_t sender_life = 0;
  Kind kind = Kind::agent;
  State state = State::queued;
  std::optional<std::int64_t> turn;
  std::optional<std::string_view> recv_key;
  Time sent_at;
  std::optional<Time> settled_at;
  std::optional<std::int64_t> in_reply_to;
  std::optional<std::string_view> key, file;
  std::string_view body;
};

/// What became of one message.
struct Change {
  std::int64_t id = 0;
  State state = State::queued;
};

/// The rows of `messages`. Whoever writes them does it here, so that all of it is counted, and in one place.
///
/// [blocking], used by the parts of Mailboxes in a transaction of theirs.
class Messages {
 public:
  /// `database` outlives it.
  Messages(sqlite::Database& database, const Limits& limits) : database_(database), counts_(limits) {}
  /// Reads again what is kept in memory.
  Status load();

  const Counts& counts() const { return counts_; }
  std::int64_t last_id() const { return last_id_; }

  /// Stores one under the next id.
  Status add(NewMessage& message);
  /// One message, out of one state into another.
  struct Move {
    std::int64_t id = 0;
    std::string_view owner, sender;
    State from, to;
  };
  /// `sql` writes it, with `values`.
  Status move(const Move& move, std::string_view sql, std::initializer_list<sqlite::Value> values);
  /// All that waits for `owner` is dead, and all that is dead was settled `now`.
  Result<std::vector<Change>> give_up_all(const std::string& owner, Time now);
  /// `since`: where the life of its sender began; what is older is not in its budget.
  Status remove(const Counted& message, State state, std::int64_t since);

  /// The operator has read the inbox up to this id.
  Status read_up_to(std::int64_t id);
  /// The budget of a name begins anew.
  Status forget(const std::string& sender);
  /// Writes the counts down, so that the next start has less to count.
  Status save_counts() { return counts_.save(database_, last_id_); }

 private:
  sqlite::Database& database_;
  Counts counts_;
  std::int64_t last_id_ = 0;
};

}  // namespace hive::broker
