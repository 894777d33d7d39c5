#pragma once
#include "roster.hpp"

#include <array>

namespace hive::lifecycle {

constexpr auto columns(Of<Member>) {
  return sqlite::row(sqlite::column<&Member::name>("name"), sqlite::as_word<&Member::desired>("desired"),
                     sqlite::column<&Member::incarnation>("incarnation"));
}
/// An action with the agent that it is about.
struct InFlight {
  std::string name;
  Action action;
};
constexpr auto columns(Of<InFlight>) {
  using sqlite::column;
  return sqlite::row(column<&InFlight::name>("name"), column<&InFlight::action, &Action::id>("id").only_read(),
                     sqlite::as_word<&InFlight::action, &Action::what>("action"),
                     column<&InFlight::action, &Action::revision>("revision"),
                     column<&InFlight::action, &Action::purge>("purge"),
                     column<&InFlight::action, &Action::cause>("cause"));
}
constexpr auto columns(Of<Tombstone>) {
  return sqlite::row(sqlite::column<&Tombstone::name>("name"), sqlite::column<&Tombstone::incarnation>("incarnation"),
                     sqlite::column<&Tombstone::destroyed_at>("destroyed_at"));
}

}  // namespace hive::lifecycle

/// Every statement of lifecycle.sqlite.
namespace hive::lifecycle::sql {

using sqlite::sql_for;

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

inline constexpr auto kAgents = sql_for<Member>("SELECT {columns} FROM agents ORDER BY name");
inline constexpr auto kActions = sql_for<InFlight>("SELECT {columns} FROM actions ORDER BY name");
inline constexpr auto kTombstones =
    sql_for<Tombstone>("SELECT {columns} FROM tombstones ORDER BY destroyed_at DESC, name");
inline constexpr auto kPutAgent = sql_for<Member>(
    "INSERT INTO agents ({names}) VALUES ({values}) ON CONFLICT (name) DO UPDATE SET desired = excluded.desired");
inline constexpr auto kPutAction = sql_for<InFlight>("INSERT INTO actions ({names}) VALUES ({values})");
inline constexpr std::string_view kEndAction = "DELETE FROM actions WHERE name = ?1";
inline constexpr std::string_view kRemoveAgent = "DELETE FROM agents WHERE name = ?1";
inline constexpr auto kPutTombstone =
    sql_for<Tombstone>("INSERT OR REPLACE INTO tombstones ({names}) VALUES ({values})");
inline constexpr std::string_view kRemoveTombstone = "DELETE FROM tombstones WHERE name = ?1";

}  // namespace hive::lifecycle::sql
