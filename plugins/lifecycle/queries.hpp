#pragma once
#include <hive/sqlite/outbox.hpp>

#include <array>

/// Every statement of lifecycle.sqlite.
namespace hive::lifecycle::sql {

inline constexpr std::array<std::string_view, 3> kMigrations{
    // An action is here while it is in flight, one an agent; its id is never used again, also not by a
    // file made in place of a lost one (begin_ids), and makes the keys of the letters that its end owes.
    R"(CREATE TABLE agents (name TEXT PRIMARY KEY, desired TEXT NOT NULL) STRICT, WITHOUT ROWID;
       CREATE TABLE actions (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE REFERENCES agents (name),
                             action TEXT NOT NULL, revision TEXT, purge INTEGER NOT NULL, cause TEXT NOT NULL) STRICT;
       CREATE TABLE tombstones (name TEXT PRIMARY KEY, destroyed_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;)",
    sqlite::Outbox::kTable,
    // Those who were there before there were incarnations get one each.
    R"(ALTER TABLE agents ADD COLUMN incarnation TEXT NOT NULL DEFAULT '';
       ALTER TABLE tombstones ADD COLUMN incarnation TEXT NOT NULL DEFAULT '';
       UPDATE agents SET incarnation = lower(hex(randomblob(16)));
       UPDATE tombstones SET incarnation = lower(hex(randomblob(16)));)"};

inline constexpr std::string_view kAgents =
    "SELECT agents.name, desired, incarnation, id, action, revision, purge, cause FROM agents "
    "LEFT JOIN actions USING (name) "
    "ORDER BY agents.name";
inline constexpr std::string_view kTombstones =
    "SELECT name, incarnation, destroyed_at FROM tombstones ORDER BY destroyed_at DESC, name";
inline constexpr std::string_view kPutAgent =
    "INSERT INTO agents (name, desired, incarnation) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET desired = ?2";
inline constexpr std::string_view kPutAction =
    "INSERT INTO actions (name, action, revision, purge, cause) VALUES (?1, ?2, ?3, ?4, ?5)";
inline constexpr std::string_view kEndAction = "DELETE FROM actions WHERE name = ?1";
inline constexpr std::string_view kRemoveAgent = "DELETE FROM agents WHERE name = ?1";
inline constexpr std::string_view kPutTombstone =
    "INSERT OR REPLACE INTO tombstones (name, incarnation, destroyed_at) VALUES (?1, ?2, ?3)";
inline constexpr std::string_view kRemoveTombstone = "DELETE FROM tombstones WHERE name = ?1";

}  // namespace hive::lifecycle::sql
