#pragma once
#include "limits.hpp"

#include <hive/sdk/contracts/broker.hpp>
#include <hive/sqlite/database.hpp>

#include <map>

namespace hive::broker {

/// A message as the counts see it. `text_bytes`: of its body and its file's path.
struct Counted {
  std::int64_t id = 0;
  std::string_view owner, sender;
  std::int64_t text_bytes = 0;
};

/// How much there is of all that is bounded, in memory, so that a send asks no query: what waits in each mailbox and
/// of whom, what each sender has stored, and what the operator has not read. What was stored is written down now and
/// then (`save`); at a start only what came later is counted anew.
///
/// [blocking], used by Messages alone.
class Counts {
 public:
  explicit Counts(const Limits& limits) : limits_(limits) {}
  /// Reads everything anew.
  Status load(sqlite::Database& database);

  std::int64_t queued(std::string_view owner) const;
  std::int64_t dead() const { return dead_; }
  /// Whether `sender` may store a message with so much text for each of `owners`. Errors: busy, in a sentence for the
  /// sender, with the bound that was reached.
  Status admits(std::string_view sender, std::int64_t text_bytes, const std::vector<std::string>& owners) const;

  void added(const Counted& message, State state);
  void moved(std::string_view owner, std::string_view sender, State from, State to);
  /// A row is gone. `since`: where the life of its sender began; what is older is not in its budget.
  void removed(const Counted& message, State state, std::int64_t since);
  /// The budget of a name begins anew.
  void forget(std::string_view sender) { tallies_.erase(std::string(sender)); }
  /// The operator has read up to this id; `left`: what came after it, by sender.
  void read_up_to(std::int64_t id, const std::map<std::string, std::int64_t>& left);
  std::int64_t read() const { return read_; }

  /// Whether so much came since the last `save` that it is worth another.
  bool is_due(std::int64_t last_id) const;
  /// Writes down what was stored up to `last_id`.
  Status save(sqlite::Database& database, std::int64_t last_id);

 private:
  /// What waits in one mailbox.
  struct Waiting {
    std::int64_t queued = 0, leased = 0;
    std::map<std::string, std::int64_t, std::less<>> of;

    std::int64_t all() const { return queued + leased; }
  };
  /// What one sender has stored.
  struct Tally {
    std::int64_t messages = 0, bytes = 0, unread = 0;
  };
  Status load_waiting(sqlite::Database& database);
  Status load_tallies(sqlite::Database& database);
  void store(const Counted& message, std::int64_t by);
  void count(std::string_view owner, std::string_view sender, State state, std::int64_t by);
  Tally& tally(std::string_view sender);
  Status budget_allows(std::string_view sender, std::int64_t messages, std::int64_t bytes) const;
  std::pair<std::int64_t, std::string> part_of(std::string_view sender) const;
  Status mailbox_allows(std::string_view sender, std::string_view owner) const;
  Status inbox_allows(std::string_view sender) const;

  Limits limits_;
  std::map<std::string, Waiting, std::less<>> waiting_;
  std::map<std::string, Tally, std::less<>> tallies_;
  std::int64_t dead_ = 0;
  std::int64_t saved_ = 0;  // id up to which the saved tallies count
  std::int64_t read_ = 0;   // id up to which the operator has read
};

}  // namespace hive::broker
