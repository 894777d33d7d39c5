#pragma once
#include "leases.hpp"
#include "party.hpp"

namespace hive::broker {

/// Whose a name is: the incarnation, how many ended before it, and the last id of their time.
struct Life {
  std::optional<std::string> incarnation;
  std::int64_t number = 0, since = 0;
};

/// For whom the names of mailboxes stand. Ids grow, so an incarnation's mail is what has ids above the last one of the
/// time before it.
///
/// [blocking], in a transaction of Mailboxes.
class Lives {
 public:
  /// All of it outlives it.
  Lives(sqlite::Database& database, Messages& messages, Leases& leases)
      : database_(database), messages_(messages), leases_(leases) {}
  /// Reads again what is kept in memory.
  Status load();

  /// The one that the name stands for now.
  Life of(std::string_view name) const;
  /// Whether its name still stands for it. Errors: conflict (its agent was purged since).
  Status is_current(const Party& party) const;
  /// Every name that was told apart or has mail, with its incarnation where that is known.
  Result<std::vector<Party>> parties();
  /// From now on the name stands for this incarnation; none: for nobody. Of another one before it, all that waits is
  /// dead, the turn is over, and what it sent or got is shown and counted no more. Nothing: it stood for that before.
  Result<std::optional<std::vector<Change>>> begin(const Party& party, Time now);

 private:
  Result<std::vector<Change>> end(const std::string& name, Time now);

  sqlite::Database& database_;
  Messages& messages_;
  Leases& leases_;
  std::map<std::string, Life, std::less<>> lives_;
};

}  // namespace hive::broker
