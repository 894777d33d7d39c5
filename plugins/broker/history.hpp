#pragma once
#include "party.hpp"

#include <hive/sdk/bounded_list.hpp>
#include <hive/sdk/contracts/broker.hpp>
#include <hive/sqlite/database.hpp>

namespace hive::broker {

/// Reads the mailboxes beside the writer, never waiting for it. [blocking], one function at a time.
class History {
 public:
  /// `index`: the search index beside `mail`; empty when it could not be opened, then `recent` reads
  /// the mailboxes from their end and `search` is unavailable.
  /// `problem` is told of rows that are left out.
  static Result<History> open(const std::filesystem::path& mail, const std::filesystem::path& index,
                              const sqlite::Problem& problem);

  /// Sent and received by `of` (`*`: by anybody), newest first; `with` must be the other end. Of an agent: of the
  /// incarnation that its name stands for now. Errors: conflict (that is not the one of `of`), invalid_params.
  Result<Entries> recent(const Recent& what, const Party& of, std::size_t most_bytes);
  /// Messages with all of these words. `reader`: whose predecessors' mail is left out. Errors: unavailable (no index).
  Result<Found> search(const Search& what, const std::optional<std::string>& reader, std::size_t most_bytes);
  /// Of one mailbox, or of all that have something when `owner` is absent. Errors: conflict, as above.
  Result<Depths> depth(const std::optional<Party>& owner);
  Result<DeadLetters> dead_letters(const ReadDead& what);

 private:
  History(sqlite::Database database, bool indexed) : database_(std::move(database)), indexed_(indexed) {}
  Result<std::int64_t> upto();
  /// The last id of the time before `party`. Errors: conflict (its name stands for another one).
  Result<std::int64_t> since(const Party& party);
  struct Page {
    BoundedList<Entry> entries;
    std::int64_t before;  // only ids below this one
    std::vector<Unreadable> unreadable{};

    /// True: there is at least one that it does not hold; else absent.
    std::optional<bool> more() const { return entries.more() ? std::optional(true) : std::nullopt; }
  };
  /// Reads on, newest first. `query(before, limit)` gives rows with ids below the first.
  template <class Query>
  Status fill(Page& page, Query query);
  Status read_of(const Recent& what, const Party& of, Page& page);

  sqlite::Database database_;
  bool indexed_;
};

}  // namespace hive::broker
