#include "store/stats.hpp"

#include "json_read.hpp"
#include "store/queries.hpp"

namespace hive::harness {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

ByPeer sent_in(const RunFacts& facts) {
  ByPeer sent;
  for (const auto& call : facts.tool_calls())
    if (!call.to.empty() && call.answered && !call.failed) sent.add(call.to);
  return sent;
}

std::string by_tool(const RunFacts& facts) {
  json::object counts;
  for (const auto& [tool, count] : facts.calls_by_tool()) counts[tool] = count;
  return json::serialize(counts);
}

}  // namespace

void ByPeer::add(std::string_view name) {
  if (name == "operator")
    ++operators;
  else if (name == "manager")
    ++manager;
  else if (name == "system")
    ++system;
  else
    ++peer;
}

StatStore::StatStore(const std::filesystem::path& file, const std::function<void(std::string)>& problem) {
  auto opened = sqlite::Database::open(
      {.file = file, .owner = "harness", .migrations = sql::kStatMigrations, .durability = sqlite::Durability::normal});
  if (!opened) {
    problem(opened.error().message);
    return;
  }
  database_.emplace(std::move(*opened));
}

Status StatStore::add(const TurnStat& stat, const RunFacts& facts) {
  if (!database_) return {};
  const auto sent = sent_in(facts);
  const auto& usage = facts.usage();
  return database_->run(sql::kAddStat, {stat.agent,
                                        stat.started_at,
                                        stat.ended_at,
                                        stat.duration_ms,
                                        stat.model,
                                        stat.wake_from,
                                        result_kind(stat.outcome),
                                        stat.note,
                                        usage.input_tokens,
                                        usage.output_tokens,
                                        usage.cache_read_tokens,
                                        usage.cache_creation_tokens,
                                        facts.cost(),
                                        facts.context_window(),
                                        facts.tool_calls().size(),
                                        by_tool(facts),
                                        stat.received.peer,
                                        stat.received.operators,
                                        stat.received.manager,
                                        stat.received.system,
                                        sent.peer,
                                        sent.operators,
                                        sent.manager,
                                        sent.system,
                                        stat.open_threads,
                                        stat.open_reminders,
                                        stat.inbox_depth,
                                        int(facts.compacted()),
                                        facts.session(),
                                        facts.turns()});
}

Status StatStore::sweep(std::int64_t days) {
  if (!database_) return {};
  return database_->run(sql::kForgetOldStats, {wall_time().ms - days * kDayMs});
}

}  // namespace hive::harness
