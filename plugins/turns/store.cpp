#include "store.hpp"

#include "queries.hpp"

#include <charconv>

namespace hive::turns {

Result<Store> Store::open(const std::filesystem::path& file, const sqlite::Problem& problem) {
  auto database =
      sqlite::Database::open({.file = file, .owner = "turns", .migrations = sql::kMigrations, .problem = problem});
  if (!database) return database.error();
  if (auto begun = database->begin_ids("commands"); !begun) return begun.error();
  return Store(std::move(*database));
}

Result<Kept> Store::load() {
  auto report_rows = database_.read<AgentTurns>(sql::kReports);
  auto reports = report_rows.all();
  if (!reports) return reports.error();
  auto command_rows = database_.read<Waiting>(sql::kCommands);
  auto commands = command_rows.all();
  if (!commands) return commands.error();
  auto paused = database_.read<std::string>(sql::kPauses).all();
  if (!paused) return paused.error();
  auto named = database_.read<Named>(sql::kIncarnations).all();
  if (!named) return named.error();
  auto last = database_.integer(sql::kLastId);
  if (!last) return last.error();
  Kept kept{.reports = std::move(*reports), .commands = std::move(*commands), .last_id = last->value_or(0)};
  kept.paused.insert(paused->begin(), paused->end());
  for (auto& [name, incarnation] : *named) kept.incarnations.emplace(std::move(name), std::move(incarnation));
  for (const auto& [name, why] : report_rows.unreadable()) kept.damaged.push_back({name, {.command = 0, .why = why}});
  if (auto done = name_damaged(command_rows.unreadable(), kept); !done) return done.error();
  return kept;
}

hive::Status Store::name_damaged(const std::vector<Unreadable>& commands, Kept& kept) {
  for (const auto& [id, why] : commands) {
    std::int64_t number = 0;
    std::from_chars(id.data(), id.data() + id.size(), number);
    auto name = database_.first<std::string>(sql::kWhoseCommand, {number});
    if (!name) return name.error();
    kept.damaged.push_back({name->value_or(""), {.command = number, .why = why}});
  }
  return {};
}

hive::Status Store::save_report(const AgentTurns& turns) {
  return database_.run(sql::kSaveReport, turns);
}

Result<std::vector<std::int64_t>> Store::insert(const std::vector<Waiting>& commands) {
  std::vector<std::int64_t> ids;
  for (const auto& command : commands) {
    if (auto added = database_.run(sql::kAddCommand, command); !added) return added.error();
    ids.push_back(database_.last_id());
  }
  return ids;
}

template <class Change>
Result<Stored> Store::once(const std::vector<Waiting>& commands, const std::optional<CallKey>& key, Change change) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  if (key) {
    auto before = given(*key);
    if (!before) return before.error();
    if (*before) return Stored{.ids = {**before}, .repeated = true};
  }
  if (hive::Status changed = change(); !changed) return changed.error();
  auto ids = insert(commands);
  if (!ids) return ids.error();
  if (key) {
    const auto id = ids->empty() ? 0 : ids->back();
    auto kept = database_.run(sql::kAddKey, KeptKey{*key, id, wall_time()});
    if (!kept) return kept.error();
  }
  if (auto done = transaction->commit(); !done) return done.error();
  return Stored{.ids = std::move(*ids)};
}

Result<Stored> Store::add(const std::vector<Waiting>& commands, const std::optional<CallKey>& key) {
  return once(commands, key, [] { return hive::Status{}; });
}

Result<std::optional<std::int64_t>> Store::given(const CallKey& key) {
  return database_.integer(sql::kByKey, {key.caller, key.key});
}

hive::Status Store::forget_keys_before(Time oldest) {
  return database_.run(sql::kForgetOldKeys, {oldest});
}

hive::Status Store::taken(const std::string& name, std::int64_t last) {
  return database_.run(sql::kTaken, {name, last});
}

hive::Status Store::drop(const std::string& name, CommandKind kind) {
  return database_.run(sql::kDropKind, {name, name_of(kind)});
}

Result<Stored> Store::pause(const PauseChange& change) {
  const auto statement = change.what == Pause::set ? sql::kPause : sql::kResume;
  return once(change.commands, change.key, [&] { return database_.run(statement, {change.name}); });
}

hive::Status Store::remove_rows(const std::string& name) {
  for (auto statement :
       {sql::kForgetReport, sql::kForgetCommands, sql::kForgetKeys, sql::kResume, sql::kForgetIncarnation})
    if (auto gone = database_.run(statement, {name}); !gone) return gone;
  return {};
}

hive::Status Store::meet(const std::string& name, const lifecycle::Incarnation& incarnation) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  auto before = database_.first<std::string>(sql::kIncarnationOf, {name});
  if (!before) return before.error();
  if (*before && **before != incarnation)
    if (auto gone = remove_rows(name); !gone) return gone;
  if (auto put = database_.run(sql::kMeet, Named{name, incarnation}); !put) return put;
  return transaction->commit();
}

hive::Status Store::forget_report(const std::string& name) {
  return database_.run(sql::kForgetReport, {name});
}

hive::Status Store::forget(const std::string& name) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  if (auto gone = remove_rows(name); !gone) return gone;
  return transaction->commit();
}

}  // namespace hive::turns
