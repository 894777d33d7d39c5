#pragma once
#include <hive/sdk/contracts/page.hpp>
#include <hive/sqlite/database.hpp>

#include "stream/judge.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace hive::harness {

/// Counts a message by who is at the other end.
void add_peer(page::ByPeer& counts, std::string_view name);
/// What a run itself says of it: tokens, cost, tools, messages sent, session.
void add_facts(page::TurnStat& stat, const RunFacts& facts);

/// The source of the turn statistics; kept 180 days. Without a file it holds nothing. [blocking]
class StatStore {
 public:
  StatStore(std::filesystem::path file, std::function<void(std::string)> problem);
  /// Its id is the store's.
  Status add(const std::string& agent, const page::TurnStat& stat);
  /// From the newest back; rows of at most `bytes` of JSON unless it is a single one. Errors: those of the store.
  Result<page::Stats> list(const page::StatsQuery& query, std::size_t bytes);
  /// USD since midnight UTC; nothing without a store. Errors: those of the store.
  Result<std::optional<double>> spent_today();
  Status sweep(std::int64_t days);

 private:
  void open();

  const std::filesystem::path file_;
  const std::function<void(std::string)> problem_;
  std::optional<sqlite::Database> database_;
};

}  // namespace hive::harness
