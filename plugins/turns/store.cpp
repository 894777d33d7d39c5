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
  for (const auto& [name, command] : commands) {
    const auto text = encode_text(command);
    if (auto added = database_.run(sql::kAddCommand, {name, name_of(command.kind), text}); !added) return added.error();
    ids.push_back(database_.last_id());
  }
  return ids;
}

Result<std::vector<std::int64_t>> Store::add(const std::vector<Waiting>& commands) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  auto ids = insert(commands);
  if (!ids) return ids;
  if (auto done = transaction->commit(); !done) return done.error();
  return ids;
}

hive::Status Store::taken(const std::string& name, std::int64_t last) {
  return database_.run(sql::kTaken, {name, last});
}

hive::Status Store::drop(const std::string& name, CommandKind kind) {
  return database_.run(sql::kDropKind, {name, name_of(kind)});
}

Result<std::vector<std::int64_t>> Store::pause(const std::string& name, Pause what,
                                               const std::vector<Waiting>& commands) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  const auto statement = what == Pause::set ? sql::kPause : sql::kResume;
  if (auto set = database_.run(statement, {name}); !set) return set.error();
  auto ids = insert(commands);
  if (!ids) return ids;
  if (auto done = transaction->commit(); !done) return done.error();
  return ids;
}

hive::Status Store::forget(const std::string& name) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  for (auto statement : {sql::kForgetReport, sql::kForgetCommands, sql::kResume})
    if (auto gone = database_.run(statement, {name}); !gone) return gone;
  return transaction->commit();
}

}  // namespace hive::turns
