#include "store/stats.hpp"

#include "json_read.hpp"
#include "store/newest_rows.hpp"
#include "store/open.hpp"
#include "store/queries.hpp"

namespace hive::harness {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

std::string text_of_counts(const page::ToolCounts& counts) {
  json::object object;
  for (const auto& [tool, count] : counts) object[tool] = count;
  return json::serialize(object);
}

page::ToolCounts counts_of_text(std::string_view text) {
  auto counts = decode_text<page::ToolCounts>(text, Unknown::ignore);
  return counts ? std::move(*counts) : page::ToolCounts{};
}

page::ByPeer by_peer(const sqlite::Rows& rows, int column) {
  return {rows.integer(column), rows.integer(column + 1), rows.integer(column + 2), rows.integer(column + 3)};
}

page::TurnStat stat_of(const sqlite::Rows& rows) {
  return {.id = rows.integer(0),
          .started_at = rows.time(1),
          .ended_at = rows.time(2),
          .duration_ms = rows.integer(3),
          .model = std::string(rows.text(4)),
          .wake_from = std::string(rows.text(5)),
          .result_kind = std::string(rows.text(6)),
          .note = std::string(rows.text(7)),
          .usage = {rows.integer(8), rows.integer(9), rows.integer(10), rows.integer(11)},
          .cost_usd = rows.real(12),
          .context_window = rows.integer(13),
          .tool_call_count = rows.integer(14),
          .tool_calls = counts_of_text(rows.text(15)),
          .received = by_peer(rows, 16),
          .sent = by_peer(rows, 20),
          .open_threads = rows.integer_if(24),
          .open_reminders = rows.integer_if(25),
          .inbox_depth = rows.integer_if(26),
          .compacted = rows.integer(27) != 0,
          .session_id = std::string(rows.text(28)),
          .num_turns = rows.integer(29)};
}

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
  auto opened = open_store(
      {.file = file_, .owner = "harness", .migrations = sql::kStatMigrations, .durability = sqlite::Durability::normal},
      problem_);
  if (!opened) return problem_(opened.error().message);
  database_.emplace(std::move(*opened));
}

Status StatStore::add(const std::string& agent, const page::TurnStat& stat) {
  if (database_ && database_->has_moved()) {
    problem_("the statistics of turns were removed; new ones begin");
    open();
  }
  if (!database_) return {};
  return database_->run(sql::kAddStat, {agent,
                                        stat.started_at,
                                        stat.ended_at,
                                        stat.duration_ms,
                                        stat.model,
                                        stat.wake_from,
                                        stat.result_kind,
                                        stat.note,
                                        stat.usage.input_tokens,
                                        stat.usage.output_tokens,
                                        stat.usage.cache_read_tokens,
                                        stat.usage.cache_creation_tokens,
                                        stat.cost_usd,
                                        stat.context_window,
                                        stat.tool_call_count,
                                        text_of_counts(stat.tool_calls),
                                        stat.received.peer,
                                        stat.received.operators,
                                        stat.received.manager,
                                        stat.received.system,
                                        stat.sent.peer,
                                        stat.sent.operators,
                                        stat.sent.manager,
                                        stat.sent.system,
                                        stat.open_threads,
                                        stat.open_reminders,
                                        stat.inbox_depth,
                                        int(stat.compacted),
                                        stat.session_id,
                                        stat.num_turns});
}

Result<page::Stats> StatStore::list(const page::StatsQuery& query, std::size_t bytes) {
  if (!database_) return page::Stats{};
  NewestRows<page::TurnStat> stats(query.limit, bytes);
  auto rows = database_->query(sql::kStatsBefore,
                               {query.before.value_or(kMaxInteger), query.since.value_or(Time{}), query.limit + 1});
  while (rows.next()) {
    auto stat = stat_of(rows);
    const auto size = encode_text(stat).size();
    if (!stats.add(std::move(stat), size)) break;
  }
  if (!rows.status()) return rows.status().error();
  return page::Stats{.turns = stats.take(), .more = stats.more()};
}

Result<std::optional<double>> StatStore::spent_today() {
  if (!database_) return std::optional<double>();
  const auto now = wall_time().ms;
  auto rows = database_->query(sql::kCostSince, {Time{now - now % kDayMs}});
  const double spent = rows.next() ? rows.real(0) : 0;
  if (!rows.status()) return rows.status().error();
  return std::optional<double>(spent);
}

Status StatStore::sweep(std::int64_t days) {
  if (!database_) return {};
  return database_->run(sql::kForgetOldStats, {wall_time().ms - days * kDayMs});
}

}  // namespace hive::harness
