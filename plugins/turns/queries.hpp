#pragma once
#include "store.hpp"

#include <hive/sqlite/json_column.hpp>

#include <array>

namespace hive::turns {

using sqlite::column;

constexpr auto columns(Of<AgentTurns>) {
  return sqlite::row(column<&AgentTurns::name>("name"), sqlite::as_json<&AgentTurns::report>("report"));
}
constexpr auto columns(Of<Waiting>) {
  // The text was written before the command had its id, so that is read once more.
  constexpr auto kId = column<&Waiting::command, &Command::id>("id").only_read();
  return sqlite::row(kId, column<&Waiting::name>("name"), sqlite::as_word<&Waiting::command, &Command::kind>("kind"),
                     sqlite::as_json<&Waiting::command>("command"), kId);
}
/// The key of a call with what it was answered.
struct KeptKey {
  CallKey key;
  std::int64_t id = 0;
  Time given_at;
};
constexpr auto columns(Of<KeptKey>) {
  return sqlite::row(column<&KeptKey::key, &CallKey::caller>("caller"), column<&KeptKey::key, &CallKey::key>("key"),
                     column<&KeptKey::key, &CallKey::name>("name"), column<&KeptKey::id>("id"),
                     column<&KeptKey::given_at>("given_at"));
}
/// Who has a name.
struct Named {
  std::string name;
  lifecycle::Incarnation incarnation;
};
constexpr auto columns(Of<Named>) {
  return sqlite::row(column<&Named::name>("name"), column<&Named::incarnation>("incarnation"));
}

}  // namespace hive::turns

/// Every statement of turns.sqlite.
namespace hive::turns::sql {

using sqlite::sql_for;

inline constexpr std::array<std::string_view, 3> kMigrations{
    // Ids are never used again (AUTOINCREMENT), also not by a file made in place of a lost one (begin_ids):
    // `after` of a harness stays right over any restart.
    // pauses.name is an agent's, or * for the swarm.
    R"(CREATE TABLE reports (name TEXT PRIMARY KEY, report TEXT NOT NULL) STRICT, WITHOUT ROWID;
       CREATE TABLE commands (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, kind TEXT NOT NULL,
                              command TEXT NOT NULL) STRICT;
       CREATE INDEX commands_of ON commands (name, id);
       CREATE TABLE pauses (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;)",
    // They outlive their commands: a repeat may come after the command was taken.
    R"(CREATE TABLE keys (caller TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, id INTEGER NOT NULL,
                          given_at INTEGER NOT NULL, PRIMARY KEY (caller, key)) STRICT, WITHOUT ROWID;)",
    // Whose the rows of a name are. Rows from before are of the one that is met first.
    R"(CREATE TABLE incarnations (name TEXT PRIMARY KEY, incarnation TEXT NOT NULL) STRICT, WITHOUT ROWID;)"};

inline constexpr auto kReports = sql_for<AgentTurns>("SELECT {columns} FROM reports ORDER BY name");
inline constexpr auto kSaveReport = sql_for<AgentTurns>(
    "INSERT INTO reports ({names}) VALUES ({values}) ON CONFLICT (name) DO UPDATE SET report = excluded.report");
inline constexpr auto kCommands = sql_for<Waiting>("SELECT {columns} FROM commands ORDER BY id");
inline constexpr std::string_view kWhoseCommand = "SELECT name FROM commands WHERE id = ?1";
inline constexpr auto kAddCommand = sql_for<Waiting>("INSERT INTO commands ({names}) VALUES ({values})");
inline constexpr std::string_view kTaken = "DELETE FROM commands WHERE name = ?1 AND id <= ?2";
inline constexpr std::string_view kDropKind = "DELETE FROM commands WHERE name = ?1 AND kind = ?2";
inline constexpr std::string_view kLastId = "SELECT seq FROM sqlite_sequence WHERE name = 'commands'";
inline constexpr std::string_view kPauses = "SELECT name FROM pauses";
inline constexpr std::string_view kPause = "INSERT OR IGNORE INTO pauses (name) VALUES (?1)";
inline constexpr std::string_view kResume = "DELETE FROM pauses WHERE name = ?1";
inline constexpr std::string_view kByKey = "SELECT id FROM keys WHERE caller = ?1 AND key = ?2";
inline constexpr auto kAddKey = sql_for<KeptKey>("INSERT INTO keys ({names}) VALUES ({values})");
inline constexpr std::string_view kForgetOldKeys = "DELETE FROM keys WHERE given_at < ?1";
inline constexpr std::string_view kForgetKeys = "DELETE FROM keys WHERE name = ?1";
inline constexpr auto kIncarnations = sql_for<Named>("SELECT {columns} FROM incarnations");
inline constexpr std::string_view kIncarnationOf = "SELECT incarnation FROM incarnations WHERE name = ?1";
inline constexpr auto kMeet = sql_for<Named>("INSERT OR REPLACE INTO incarnations ({names}) VALUES ({values})");
inline constexpr std::string_view kForgetIncarnation = "DELETE FROM incarnations WHERE name = ?1";
inline constexpr std::string_view kForgetReport = "DELETE FROM reports WHERE name = ?1";
inline constexpr std::string_view kForgetCommands = "DELETE FROM commands WHERE name = ?1";

}  // namespace hive::turns::sql
