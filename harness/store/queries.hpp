#pragma once
#include <array>
#include <string_view>

/// All SQL of the harness's three databases.
namespace hive::harness::sql {

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
inline constexpr std::string_view kSession = "SELECT name, has_answered FROM session";
inline constexpr std::string_view kKeepSession =
    "INSERT OR REPLACE INTO session (id, name, has_answered) VALUES (1, ?, ?)";
inline constexpr std::string_view kBeginTurn = "INSERT OR REPLACE INTO turn (id) VALUES (?)";
inline constexpr std::string_view kFinishTurn = "INSERT OR REPLACE INTO turn (id, ok, unseen) VALUES (?, ?, ?)";
inline constexpr std::string_view kForgetTurn = "DELETE FROM turn WHERE id = ?";
inline constexpr std::string_view kForgetOpenTurns = "DELETE FROM turn WHERE ok IS NULL AND id <> ?";
inline constexpr std::string_view kOpenTurn = "SELECT max(id) FROM turn WHERE ok IS NULL";
inline constexpr std::string_view kUntoldTurns = "SELECT id, ok, unseen FROM turn WHERE ok IS NOT NULL ORDER BY id";
inline constexpr std::string_view kAddMessage =
    "INSERT OR IGNORE INTO operator_message (id, at, text) VALUES (?, ?, ?)";
inline constexpr std::string_view kKeepMessage =
    "INSERT OR REPLACE INTO operator_message (id, at, text, tries, was_shown) VALUES (?, ?, ?, ?, ?)";
inline constexpr std::string_view kMessages = "SELECT id, at, text, tries, was_shown FROM operator_message ORDER BY id";
inline constexpr std::string_view kShowMessages =
    "UPDATE operator_message SET tries = tries + 1, was_shown = 1 WHERE id <= ?";
inline constexpr std::string_view kPutOffMessages = "UPDATE operator_message SET tries = tries - 1 WHERE id <= ?";
inline constexpr std::string_view kGiveUpMessages = "DELETE FROM operator_message WHERE tries >= ?";
inline constexpr std::string_view kSettleMessages = "DELETE FROM operator_message WHERE id <= ?";
inline constexpr std::string_view kSetNumber = "INSERT OR REPLACE INTO number (name, value) VALUES (?, ?)";
inline constexpr std::string_view kNumber = "SELECT value FROM number WHERE name = ?";

// hyperhive-events.sqlite
inline constexpr std::array<std::string_view, 2> kEventMigrations = {
    "CREATE TABLE event (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, turn INTEGER, kind TEXT NOT NULL, "
    "payload TEXT NOT NULL) STRICT;"
    "CREATE INDEX event_turn ON event (turn, seq)",
    "CREATE TABLE life (id INTEGER PRIMARY KEY CHECK (id = 1), epoch TEXT NOT NULL, boot TEXT NOT NULL) STRICT"};
inline constexpr std::string_view kLife = "SELECT epoch, boot FROM life";
inline constexpr std::string_view kBeginLife = "INSERT OR REPLACE INTO life (id, epoch, boot) VALUES (1, ?, ?)";
inline constexpr std::string_view kAddEvent = "INSERT INTO event (seq, at, turn, kind, payload) VALUES (?, ?, ?, ?, ?)";
inline constexpr std::string_view kLastEvent = "SELECT seq FROM sqlite_sequence WHERE name = 'event'";
inline constexpr std::string_view kEventsBefore =
    "SELECT seq, at, turn, kind, payload FROM event WHERE seq < ? ORDER BY seq DESC LIMIT ?";
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
inline constexpr std::string_view kAddStat =
    "INSERT INTO turn_stat (agent, started_at, ended_at, duration_ms, model, wake_from, result_kind, note, "
    "input_tokens, "
    "output_tokens, cache_read_tokens, cache_creation_tokens, cost_usd, context_window, tool_call_count, tool_calls, "
    "messages_received_peer, messages_received_operator, messages_received_manager, messages_received_system, "
    "messages_sent_peer, messages_sent_operator, messages_sent_manager, messages_sent_system, open_threads, "
    "open_reminders, inbox_depth, compacted, session_id, num_turns) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
inline constexpr std::string_view kStatsBefore =
    "SELECT id, started_at, ended_at, duration_ms, model, wake_from, result_kind, note, input_tokens, output_tokens, "
    "cache_read_tokens, cache_creation_tokens, cost_usd, context_window, tool_call_count, tool_calls, "
    "messages_received_peer, messages_received_operator, messages_received_manager, messages_received_system, "
    "messages_sent_peer, messages_sent_operator, messages_sent_manager, messages_sent_system, open_threads, "
    "open_reminders, inbox_depth, compacted, session_id, num_turns "
    "FROM turn_stat WHERE id < ? AND started_at >= ? ORDER BY id DESC LIMIT ?";
inline constexpr std::string_view kCostSince = "SELECT sum(cost_usd) FROM turn_stat WHERE started_at >= ?";
inline constexpr std::string_view kForgetOldStats = "DELETE FROM turn_stat WHERE started_at < ?";

}  // namespace hive::harness::sql
