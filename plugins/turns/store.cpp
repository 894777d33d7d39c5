#include "store.hpp"

#include "queries.hpp"

namespace hive::turns {

namespace {

hive::Status read_reports(sqlite::Database& database, Kept& kept) {
  auto rows = database.query(sql::kReports);
  while (rows.next()) {
    auto report = decode_text<Report>(rows.text(1), Unknown::ignore);
    if (report)
      kept.reports.push_back({std::string(rows.text(0)), std::move(*report)});
    else
      kept.unreadable.push_back("report of " + std::string(rows.text(0)) + ": " + report.error().message);
  }
  return rows.status();
}

hive::Status read_commands(sqlite::Database& database, Kept& kept) {
  auto rows = database.query(sql::kCommands);
  while (rows.next()) {
    auto command = decode_text<Command>(rows.text(2), Unknown::ignore);
    if (!command) {
      kept.unreadable.push_back("command " + std::to_string(rows.integer(0)) + ": " + command.error().message);
      continue;
    }
    command->id = rows.integer(0);
    kept.commands.push_back({std::string(rows.text(1)), std::move(*command)});
  }
  return rows.status();
}

hive::Status read_pauses(sqlite::Database& database, Kept& kept) {
  auto rows = database.query(sql::kPauses);
  while (rows.next()) kept.paused.emplace(rows.text(0));
  return rows.status();
}

hive::Status read_incarnations(sqlite::Database& database, Kept& kept) {
  auto rows = database.query(sql::kIncarnations);
  while (rows.next()) kept.incarnations.emplace(rows.text(0), rows.text(1));
  return rows.status();
}

}  // namespace

Result<Store> Store::open(const std::filesystem::path& file) {
  auto database = sqlite::Database::open({.file = file, .owner = "turns", .migrations = sql::kMigrations});
  if (!database) return database.error();
  if (auto begun = database->begin_ids("commands"); !begun) return begun.error();
  return Store(std::move(*database));
}

Result<Kept> Store::load() {
  Kept kept;
  if (auto read = read_reports(database_, kept); !read) return read.error();
  if (auto read = read_commands(database_, kept); !read) return read.error();
  if (auto read = read_pauses(database_, kept); !read) return read.error();
  if (auto read = read_incarnations(database_, kept); !read) return read.error();
  auto last = database_.integer(sql::kLastId);
  if (!last) return last.error();
  kept.last_id = last->value_or(0);
  return kept;
}

hive::Status Store::save_report(const AgentTurns& turns) {
  return database_.run(sql::kSaveReport, {turns.name, encode_text(turns.report)});
}

Result<std::vector<std::int64_t>> Store::insert(const std::vector<Waiting>& commands) {
  std::vector<std::int64_t> ids;
  for (const auto& [name, command, whose] : commands) {
    const auto text = encode_text(command);
    if (auto added = database_.run(sql::kAddCommand, {name, name_of(command.kind), text}); !added) return added.error();
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
    auto kept = database_.run(sql::kAddKey, {key->caller, key->key, key->name, id, wall_time()});
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
  std::string before;
  {
    auto rows = database_.query(sql::kIncarnationOf, {name});
    if (rows.next()) before = rows.text(0);
    if (!rows.status()) return rows.status().error();
  }
  if (!before.empty() && before != incarnation)
    if (auto gone = remove_rows(name); !gone) return gone;
  if (auto put = database_.run(sql::kMeet, {name, incarnation}); !put) return put;
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
