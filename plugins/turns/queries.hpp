#pragma once
#include <array>
#include <string_view>

/// Every statement of turns.sqlite.
namespace hive::turns::sql {

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

inline constexpr std::string_view kReports = "SELECT name, report FROM reports ORDER BY name";
inline constexpr std::string_view kSaveReport =
    "INSERT INTO reports (name, report) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET report = ?2";
inline constexpr std::string_view kCommands = "SELECT id, name, command FROM commands ORDER BY id";
inline constexpr std::string_view kAddCommand = "INSERT INTO commands (name, kind, command) VALUES (?1, ?2, ?3)";
inline constexpr std::string_view kTaken = "DELETE FROM commands WHERE name = ?1 AND id <= ?2";
inline constexpr std::string_view kDropKind = "DELETE FROM commands WHERE name = ?1 AND kind = ?2";
inline constexpr std::string_view kLastId = "SELECT seq FROM sqlite_sequence WHERE name = 'commands'";
inline constexpr std::string_view kPauses = "SELECT name FROM pauses";
inline constexpr std::string_view kPause = "INSERT OR IGNORE INTO pauses (name) VALUES (?1)";
inline constexpr std::string_view kResume = "DELETE FROM pauses WHERE name = ?1";
inline constexpr std::string_view kByKey = "SELECT id FROM keys WHERE caller = ?1 AND key = ?2";
inline constexpr std::string_view kAddKey =
    "INSERT INTO keys (caller, key, name, id, given_at) VALUES (?1, ?2, ?3, ?4, ?5)";
inline constexpr std::string_view kForgetOldKeys = "DELETE FROM keys WHERE given_at < ?1";
inline constexpr std::string_view kForgetKeys = "DELETE FROM keys WHERE name = ?1";
inline constexpr std::string_view kIncarnations = "SELECT name, incarnation FROM incarnations";
inline constexpr std::string_view kIncarnationOf = "SELECT incarnation FROM incarnations WHERE name = ?1";
inline constexpr std::string_view kMeet = "INSERT OR REPLACE INTO incarnations (name, incarnation) VALUES (?1, ?2)";
inline constexpr std::string_view kForgetIncarnation = "DELETE FROM incarnations WHERE name = ?1";
inline constexpr std::string_view kForgetReport = "DELETE FROM reports WHERE name = ?1";
inline constexpr std::string_view kForgetCommands = "DELETE FROM commands WHERE name = ?1";

}  // namespace hive::turns::sql
