#pragma once
#include <hive/sqlite/database.hpp>

#include "stream/judge.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace hive::harness {

/// Messages by who is at the other end.
struct ByPeer {
  std::int64_t peer = 0, operators = 0, manager = 0, system = 0;
  void add(std::string_view name);
};

/// One run of the CLI, as it is kept for statistics.
struct TurnStat {
  std::string agent;
  Time started_at, ended_at;
  std::int64_t duration_ms = 0;  // by the monotonic clock
  std::string model, wake_from;
  Outcome outcome = Outcome::failed;
  std::string note;
  ByPeer received;
  std::optional<std::int64_t> open_threads, open_reminders, inbox_depth;  // nothing: the host was away
};

/// The source of the turn statistics; kept 180 days. [blocking]
class StatStore {
 public:
  StatStore(const std::filesystem::path& file, const std::function<void(std::string)>& problem);
  /// What `facts` says of tokens, cost, tools and messages goes into the row too.
  Status add(const TurnStat& stat, const RunFacts& facts);
  Status sweep(std::int64_t days);

 private:
  std::optional<sqlite::Database> database_;
};

}  // namespace hive::harness
