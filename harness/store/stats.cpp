#include "store/stats.hpp"

#include <hive/sdk/bounded_list.hpp>

#include "store/queries.hpp"

namespace hive::harness {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

}  // namespace

StatStore::StatStore(std::filesystem::path file, std::function<void(std::string)> problem)
    : file_(std::move(file)), problem_(std::move(problem)) {
  open();
}

void StatStore::open() {
  auto opened = sqlite::Database::open_or_replace({.file = file_,
                                                   .owner = "harness",
                                                   .migrations = sql::kStatMigrations,
                                                   .durability = sqlite::Durability::normal,
                                                   .problem = problem_});
  if (!opened) return problem_(opened.error().message);
  database_.emplace(std::move(*opened));
  auto last = database_->first<page::TurnStat>(sql::kLastTurn);
  if (!last) return problem_(last.error().message);
  if (*last) last_turn_ = std::move(**last);
}

Status StatStore::add(const std::string& agent, const page::TurnStat& stat) {
  if (database_ && database_->has_moved()) {
    problem_("the statistics of turns were removed; new ones begin");
    open();
  }
  if (!stat.wake_from.empty()) last_turn_ = stat;  // compactions are no turns
  if (!database_) return {};
  return database_->run(sql::kAddStat, {agent}, stat);
}

Result<page::Stats> StatStore::list(const page::StatsQuery& query, std::size_t bytes) {
  if (!database_) return page::Stats{};
  BoundedList<page::TurnStat> stats({.rows = std::size_t(query.limit), .bytes = bytes});
  auto rows = database_->read<page::TurnStat>(sql::kStatsBefore,
                                              {query.before.value_or(kMaxInteger), query.since.value_or(Time{})});
  while (auto stat = rows.next()) {
    const auto size = encode_text(*stat).size();
    if (!stats.add(std::move(*stat), size)) break;
  }
  if (!rows.status()) return rows.status().error();
  return page::Stats{.turns = stats.take_reversed(), .more = stats.more(), .unreadable = named(rows.unreadable())};
}

std::optional<double> StatStore::spent_today() {
  if (!database_) return std::nullopt;
  const auto now = wall_time().ms;
  const auto spent = database_->first<double>(sql::kCostSince, {Time{now - now % kDayMs}});
  if (!spent) problem_(spent.error().message);
  return spent ? *spent : std::nullopt;
}

Status StatStore::sweep(std::int64_t days) {
  if (!database_) return {};
  return database_->run(sql::kForgetOldStats, {wall_time().ms - days * kDayMs});
}

}  // namespace hive::harness
