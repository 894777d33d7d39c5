#pragma once
#include "callers.hpp"
#include "history.hpp"

namespace hive::broker {

/// The methods that only read, beside the writer. [strand]
class Reading {
 public:
  struct Uses {
    Callers& callers;
    Writer& writer;
  };
  /// All of it outlives it. `read`: id up to which the operator has read the inbox.
  Reading(Host& host, Uses uses, std::int64_t read) : host_(host), uses_(uses), read_(read) {}

  /// Reads from these from now on, see History::open. [blocking], in order among the readers
  Status open(const std::filesystem::path& mail, const std::filesystem::path& index, const sqlite::Problem& problem);

  Task<Result<Entries>> recent(Caller who, Recent what);
  Task<Result<Found>> search(Caller who, Search what);
  Task<Result<Depths>> depth(Caller who);
  Task<Result<DeadLetters>> dead_letters(ReadDead what);

 private:
  /// The operator has been shown the newest of the inbox.
  void note_read(const Entries& inbox);

  Host& host_;
  Uses uses_;
  std::optional<History> history_;  // used by host.blocking alone
  std::int64_t read_;
};

}  // namespace hive::broker
