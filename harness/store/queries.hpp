#pragma once
#include <hive/sqlite/json_column.hpp>

#include "event/bus.hpp"
#include "store/stats.hpp"
#include "store/turns.hpp"

/// What the rows of the harness's three databases are.
namespace hive::page {

constexpr auto columns(Of<TurnStat>) {
  using sqlite::column, turns::Usage;
  return sqlite::row(
      column<&TurnStat::id>("id").only_read(), column<&TurnStat::started_at>("started_at"),
      column<&TurnStat::ended_at>("ended_at"), column<&TurnStat::duration_ms>("duration_ms"),
      column<&TurnStat::model>("model"), column<&TurnStat::wake_from>("wake_from"),
      column<&TurnStat::result_kind>("result_kind"), column<&TurnStat::note>("note"),
      column<&TurnStat::usage, &Usage::input_tokens>("input_tokens"),
      column<&TurnStat::usage, &Usage::output_tokens>("output_tokens"),
      column<&TurnStat::usage, &Usage::cache_read_tokens>("cache_read_tokens"),
      column<&TurnStat::usage, &Usage::cache_creation_tokens>("cache_creation_tokens"),
      column<&TurnStat::cost_usd>("cost_usd"), column<&TurnStat::context_window>("context_window"),
      column<&TurnStat::tool_call_count>("tool_call_count"), sqlite::as_json<&TurnStat::tool_calls>("tool_calls"),
      column<&TurnStat::received, &ByPeer::peer>("messages_received_peer"),
      column<&TurnStat::received, &ByPeer::operators>("messages_received_operator"),
      column<&TurnStat::received, &ByPeer::manager>("messages_received_manager"),
      column<&TurnStat::received, &ByPeer::system>("messages_received_system"),
      column<&TurnStat::sent, &ByPeer::peer>("messages_sent_peer"),
      column<&TurnStat::sent, &ByPeer::operators>("messages_sent_operator"),
      column<&TurnStat::sent, &ByPeer::manager>("messages_sent_manager"),
      column<&TurnStat::sent, &ByPeer::system>("messages_sent_system"), column<&TurnStat::open_threads>("open_threads"),
      column<&TurnStat::open_reminders>("open_reminders"), column<&TurnStat::inbox_depth>("inbox_depth"),
      column<&TurnStat::compacted>("compacted"), column<&TurnStat::session_id>("session_id"),
      column<&TurnStat::num_turns>("num_turns"));
}

}  // namespace hive::page

namespace hive::harness {

using sqlite::column;

constexpr auto columns(Of<TurnOutcome>) {
  return sqlite::row(column<&TurnOutcome::turn>("id"), column<&TurnOutcome::ok>("ok"),
                     sqlite::as_json<&TurnOutcome::unseen>("unseen"));
}
constexpr auto columns(Of<OperatorMessage>) {
  return sqlite::row(column<&OperatorMessage::id>("id"), column<&OperatorMessage::at>("at"),
                     column<&OperatorMessage::text>("text"), column<&OperatorMessage::tries>("tries"),
                     column<&OperatorMessage::was_shown>("was_shown"));
}
/// Something that is one number, by its name.
struct Number {
  std::string_view name;
  std::int64_t value = 0;
};
constexpr auto columns(Of<Number>) {
  return sqlite::row(column<&Number::name>("name"), column<&Number::value>("value"));
}
constexpr auto columns(Of<Session>) {
  return sqlite::row(column<&Session::name>("name"), column<&Session::has_answered>("has_answered"));
}
constexpr auto columns(Of<LiveEvent>) {
  return sqlite::row(column<&LiveEvent::seq>("seq"), column<&LiveEvent::at>("at"), column<&LiveEvent::turn>("turn"),
                     column<&LiveEvent::kind>("kind"), column<&LiveEvent::payload>("payload"));
}
/// A life of the store of events: of the file, and of the machine that it was begun on.
struct Life {
  std::string epoch, boot;
};
constexpr auto columns(Of<Life>) {
  return sqlite::row(column<&Life::epoch>("epoch"), column<&Life::boot>("boot"));
}

}  // namespace hive::harness

/// All SQL of them.
namespace hive::harness::sql {

using sqlite::sql_for;

// hyperhive-turns.sqlite
inline constexpr std::array<std::string_view, 3> kTurnMigrations = {
    "CREATE TABLE turn (id INTEGER PRIMARY KEY, ok INTEGER, unseen TEXT) STRICT;"
    "CREATE TABLE operator_message (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, text TEXT NOT NULL) STRICT;"
    "CREATE TABLE number (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT",
    // tries: turns that had it and were not put off
    "ALTER TABLE operator_message ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE operator_message ADD COLUMN was_shown INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE session (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, has_answered INTEGER NOT NULL) "
    "STRICT"};
inline constexpr auto kSession = sql_for<Session>("SELECT {columns} FROM session");
inline constexpr auto kKeepSession =
    sql_for<Session>("INSERT OR REPLACE INTO session (id, {names}) VALUES (1, {values})");
inline constexpr std::string_view kBeginTurn = "INSERT OR REPLACE INTO turn (id) VALUES (?)";
inline constexpr auto kFinishTurn = sql_for<TurnOutcome>("INSERT OR REPLACE INTO turn ({names}) VALUES ({values})");
inline constexpr std::string_view kForgetTurn = "DELETE FROM turn WHERE id = ?";
inline constexpr std::string_view kForgetOpenTurns = "DELETE FROM turn WHERE ok IS NULL AND id <> ?";
inline constexpr std::string_view kOpenTurn = "SELECT max(id) FROM turn WHERE ok IS NULL";
inline constexpr auto kUntoldTurns =
    sql_for<TurnOutcome>("SELECT {columns} FROM turn WHERE ok IS NOT NULL ORDER BY id");
inline constexpr auto kAddMessage =
    sql_for<OperatorMessage>("INSERT OR IGNORE INTO operator_message ({names}) VALUES ({values})");
inline constexpr auto kKeepMessage =
    sql_for<OperatorMessage>("INSERT OR REPLACE INTO operator_message ({names}) VALUES ({values})");
inline constexpr auto kMessages = sql_for<OperatorMessage>("SELECT {columns} FROM operator_message ORDER BY id");
inline constexpr std::string_view kShowMessages =
    "UPDATE operator_message SET tries = tries + 1, was_shown = 1 WHERE id <= ?";
inline constexpr std::string_view kPutOffMessages = "UPDATE operator_message SET tries = tries - 1 WHERE id <= ?";
inline constexpr std::string_view kGiveUpMessages = "DELETE FROM operator_message WHERE tries >= ?";
inline constexpr std::string_view kSettleMessages = "DELETE FROM operator_message WHERE id <= ?";
inline constexpr auto kSetNumber = sql_for<Number>("INSERT OR REPLACE INTO number ({names}) VALUES ({values})");
inline constexpr std::string_view kNumber = "SELECT value FROM number WHERE name = ?";

// hyperhive-events.sqlite
inline constexpr std::array<std::string_view, 2> kEventMigrations = {
    "CREATE TABLE event (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, turn INTEGER, kind TEXT NOT NULL, "
    "payload TEXT NOT NULL) STRICT;"
    "CREATE INDEX event_turn ON event (turn, seq)",
    "CREATE TABLE life (id INTEGER PRIMARY KEY CHECK (id = 1), epoch TEXT NOT NULL, boot TEXT NOT NULL) STRICT"};
inline constexpr auto kLife = sql_for<Life>("SELECT {columns} FROM life");
inline constexpr auto kBeginLife = sql_for<Life>("INSERT OR REPLACE INTO life (id, {names}) VALUES (1, {values})");
inline constexpr auto kAddEvent = sql_for<LiveEvent>("INSERT INTO event ({names}) VALUES ({values})");
inline constexpr std::string_view kLastEvent = "SELECT seq FROM sqlite_sequence WHERE name = 'event'";
inline constexpr auto kEventsBefore = sql_for<LiveEvent>("SELECT {columns} FROM event WHERE seq < ? ORDER BY seq DESC");
inline constexpr std::string_view kLinesOfTurn =
    "SELECT payload FROM (SELECT seq, payload FROM event WHERE turn = ? AND kind = 'stream' ORDER BY seq DESC LIMIT "
    "50) "
    "ORDER BY seq";
inline constexpr std::string_view kForgetOldEvents = "DELETE FROM event WHERE at < ?";
inline constexpr std::string_view kForgetManyEvents =
    "DELETE FROM event WHERE seq <= (SELECT seq FROM event ORDER BY seq DESC LIMIT 1 OFFSET ?)";

// hyperhive-turn-stats.sqlite
inline constexpr std::array<std::string_view, 1> kStatMigrations = {
    "CREATE TABLE turn_stat (id INTEGER PRIMARY KEY, agent TEXT NOT NULL, started_at INTEGER NOT NULL, "
    "ended_at INTEGER NOT NULL, duration_ms INTEGER NOT NULL, model TEXT NOT NULL, wake_from TEXT NOT NULL, "
    "result_kind TEXT NOT NULL, note TEXT NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, "
    "cache_read_tokens INTEGER NOT NULL, cache_creation_tokens INTEGER NOT NULL, cost_usd REAL NOT NULL, "
    "context_window INTEGER NOT NULL, tool_call_count INTEGER NOT NULL, tool_calls TEXT NOT NULL, "
    "messages_received_peer INTEGER NOT NULL, messages_received_operator INTEGER NOT NULL, "
    "messages_received_manager INTEGER NOT NULL, messages_received_system INTEGER NOT NULL, "
    "messages_sent_peer INTEGER NOT NULL, messages_sent_operator INTEGER NOT NULL, "
    "messages_sent_manager INTEGER NOT NULL, messages_sent_system INTEGER NOT NULL, open_threads INTEGER, "
    "open_reminders INTEGER, inbox_depth INTEGER, compacted INTEGER NOT NULL, session_id TEXT NOT NULL, "
    "num_turns INTEGER NOT NULL) STRICT;"
    "CREATE INDEX turn_stat_started ON turn_stat (started_at)"};
inline constexpr auto kAddStat = sql_for<page::TurnStat>("INSERT INTO turn_stat (agent, {names}) VALUES (?, {values})");
inline constexpr auto kStatsBefore =
    sql_for<page::TurnStat>("SELECT {columns} FROM turn_stat WHERE id < ? AND started_at >= ? ORDER BY id DESC");
inline constexpr auto kLastTurn =
    sql_for<page::TurnStat>("SELECT {columns} FROM turn_stat WHERE wake_from <> '' ORDER BY id DESC LIMIT 1");
inline constexpr std::string_view kCostSince = "SELECT total(cost_usd) FROM turn_stat WHERE started_at >= ?";
inline constexpr std::string_view kForgetOldStats = "DELETE FROM turn_stat WHERE started_at < ?";

}  // namespace hive::harness::sql
