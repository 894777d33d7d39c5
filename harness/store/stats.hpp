#pragma once
#include <hive/sdk/contracts/page.hpp>
#include <hive/sqlite/database.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace hive::harness {

/// The source of the turn statistics; kept 180 days. Without a file it holds nothing. [blocking]
class StatStore {
 public:
  StatStore(std::filesystem::path file, std::function<void(std::string)> problem);
  /// Its id is the store's.
  Status add(const std::string& agent, const page::TurnStat& stat);
  /// From the newest back; rows of at most `bytes` of JSON unless it is a single one. Errors: those of the store.
  Result<page::Stats> list(const page::StatsQuery& query, std::size_t bytes);
  /// USD since midnight UTC; nothing without a store, or when it cannot be read.
  std::optional<double> spent_today();
  /// The newest run that was one of a turn; also without a store, when it is of this process.
  const std::optional<page::TurnStat>& last_turn() const { return last_turn_; }
  Status sweep(std::int64_t days);

 private:
  void open();

  const std::filesystem::path file_;
  const std::function<void(std::string)> problem_;
  std::optional<sqlite::Database> database_;
  std::optional<page::TurnStat> last_turn_;
};

}  // namespace hive::harness
