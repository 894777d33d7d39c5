#pragma once
#include "retention.hpp"

namespace hive::broker {

/// The words of all messages and who they went between, in a database of its own that follows
/// broker.sqlite from behind, so that a send does not pay for it. Losing it costs only the time to make
/// it again. It also empties the mailboxes' write-ahead log, so that no sender waits for that.
/// [blocking], one function at a time.
class SearchIndex {
 public:
  /// Opens or makes `file` for the mailboxes in `mail`, which are open. An index that knows messages
  /// which the mailboxes do not have (a backup was restored) is begun anew, and so is a damaged one, of which
  /// `problem` is told. Errors: those of Database.
  static Result<SearchIndex> open(const std::filesystem::path& file, const std::filesystem::path& mail,
                                  const sqlite::Problem& problem);

  /// Takes up the next messages. False: it is level.
  Result<bool> follow();
  /// Forgets messages that are no longer kept.
  Status forget(const std::vector<Removed>& messages);
  /// Moves what can be moved from the mailboxes' log into their file, once enough has been taken up to be
  /// worth the disk's time.
  Status tidy_log();

 private:
  SearchIndex(sqlite::Database index, sqlite::Database mail) : index_(std::move(index)), mail_(std::move(mail)) {}
  Status begin_anew_if_ahead();

  sqlite::Database index_, mail_;
  std::size_t taken_up_ = 0;  // since the log was tidied
};

}  // namespace hive::broker
