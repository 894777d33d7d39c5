#pragma once
#include "reading.hpp"
#include "search_index.hpp"

#include <hive/sdk/signal.hpp>

namespace hive::broker {

/// Keeps the search index level with the mailboxes, in the background. [strand]
class Indexing {
 public:
  struct Files {
    std::filesystem::path mail, index;
    sqlite::Problem problem;
  };
  /// All of it outlives it.
  Indexing(Host& host, Reading& reading, Files files) : host_(host), reading_(reading), files_(std::move(files)) {}

  /// Opens the index, then follows the mailboxes until the plugin stops.
  Task<> run();
  /// Waits until it is open, or is off. Errors: unavailable (it takes too long), cancelled.
  Task<Status> await_open();
  /// There is something new in the mailboxes.
  void wake();
  /// These are no longer in the mailboxes.
  void forget(const std::vector<Removed>& removed);

 private:
  Task<bool> open();
  Task<bool> follow();
  Result<bool> step(std::vector<Removed>& gone);
  void complain(const Error& why);

  Host& host_;
  Reading& reading_;
  const Files files_;
  std::optional<SearchIndex> index_;  // used by `run` alone
  std::string trouble_;               // what the log has of it already
  std::vector<Removed> removed_;      // from the mailboxes, not yet from the index
  enum class State { opening, open, off } state_ = State::opening;
  Signal opened_;  // or is off
  Signal stored_;
  bool behind_ = true;
};

}  // namespace hive::broker
