#include "store/stats.hpp"

#include "store/newest_rows.hpp"
#include "store/queries.hpp"

namespace hive::harness {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

}  // namespace

void add_peer(page::ByPeer& counts, std::string_view name) {
  if (name == "operator")
    ++counts.operators;
  else if (name == "manager")
    ++counts.manager;
  else if (name == "system")
    ++counts.system;
  else
    ++counts.peer;
}

void add_facts(page::TurnStat& stat, const RunFacts& facts) {
  stat.usage = facts.usage();
  stat.cost_usd = facts.cost();
  stat.context_window = facts.context_window();
  stat.tool_call_count = std::ssize(facts.tool_calls());
  stat.tool_calls = facts.calls_by_tool();
  for (const auto& call : facts.tool_calls())
    if (!call.to.empty() && call.answered && !call.failed) add_peer(stat.sent, call.to);
  stat.compacted = facts.compacted();
  stat.session_id = facts.session();
  stat.num_turns = facts.turns();
}

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
}

Status StatStore::add(const std::string& agent, const page::TurnStat& stat) {
  if (database_ && database_->has_moved()) {
    problem_("the statistics of turns were removed; new ones begin");
    open();
  }
  if (!database_) return {};
  return database_->run(sql::kAddStat, {agent}, stat);
}

Result<page::Stats> StatStore::list(const page::StatsQuery& query, std::size_t bytes) {
  if (!database_) return page::Stats{};
  NewestRows<page::TurnStat> stats(query.limit, bytes);
  auto rows = database_->read<page::TurnStat>(sql::kStatsBefore,
                                              {query.before.value_or(kMaxInteger), query.since.value_or(Time{})});
  while (auto stat = rows.next()) {
    const auto size = encode_text(*stat).size();
    if (!stats.add(std::move(*stat), size)) break;
  }
  if (!rows.status()) return rows.status().error();
  return page::Stats{.turns = stats.take(), .more = stats.more()};
}

Result<std::optional<double>> StatStore::spent_today() {
  if (!database_) return std::optional<double>();
  const auto now = wall_time().ms;
  return database_->first<double>(sql::kCostSince, {Time{now - now % kDayMs}});
}

Status StatStore::sweep(std::int64_t days) {
  if (!database_) return {};
  return database_->run(sql::kForgetOldStats, {wall_time().ms - days * kDayMs});
}

}  // namespace hive::harness
