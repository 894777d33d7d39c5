#pragma once
#include <hive/sdk/contracts/broker.hpp>
#include <hive/sqlite/database.hpp>

namespace hive::broker {

/// Reads the mailboxes beside the writer, never waiting for it. [blocking], one function at a time.
class History {
 public:
  /// `index`: the search index beside `mail`; empty when it could not be opened, then `recent` reads
  /// the mailboxes from their end and `search` is unavailable.
  static Result<History> open(const std::filesystem::path& mail, const std::filesystem::path& index);

  /// Sent and received by `of` (`*`: by anybody), newest first; `with` must be the other end.
  Result<Entries> recent(const Recent& what, std::string_view of);
  /// Messages with all of these words. Errors: unavailable (no index).
  Result<Found> search(const Search& what);
  /// Of one mailbox, or of all that have something when `owner` is absent.
  Result<Depths> depth(const std::optional<std::string>& owner);
  Result<Entries> dead_letters();

 private:
  History(sqlite::Database database, bool indexed) : database_(std::move(database)), indexed_(indexed) {}
  Result<std::int64_t> upto();
  enum class Read { to_the_end, cut };  // cut: the reply is full
  Result<Read> read(std::string_view sql, std::initializer_list<sqlite::Value> values, std::vector<Entry>& into);

  sqlite::Database database_;
  bool indexed_;
};

}  // namespace hive::broker
