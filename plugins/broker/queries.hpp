#pragma once
#include <array>
#include <cstddef>
#include <string_view>

/// All SQL of broker.sqlite. A send costs three b-trees: the message at the end of its table, `live`
/// and, when it has a key, `keys`; what reading needs beyond them is in broker-search.sqlite.
namespace hive::broker::sql {

/// `state` and `kind` are the numbers of broker::State and broker::Kind. `handed`: it was handed out by
/// a lease that was given back. `failed`: turns that ended badly with it. `key` of a plugin's message
/// begins with the plugin's id, because all plugins send as `system`.
inline constexpr std::string_view kSteps[] = {R"sql(
CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  sender TEXT NOT NULL,
  kind INTEGER NOT NULL,
  state INTEGER NOT NULL,
  handed INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  turn INTEGER,
  recv_key TEXT,
  sent_at INTEGER NOT NULL,
  settled_at INTEGER,
  in_reply_to INTEGER,
  key TEXT,
  file TEXT,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX live ON messages (owner, state) WHERE state < 2;
CREATE INDEX dead ON messages (owner) WHERE state = 3;
CREATE UNIQUE INDEX keys ON messages (sender, key) WHERE key IS NOT NULL;
CREATE TABLE turns (
  owner TEXT PRIMARY KEY,
  turn INTEGER NOT NULL,
  is_open INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql"};

/// `SELECT`, the columns that row.hpp reads, and what follows.
template <std::size_t N>
struct Selection {
  std::array<char, N> text{};
  constexpr operator std::string_view() const { return {text.data(), text.size()}; }
};
template <std::size_t N>
consteval auto select(const char (&rest)[N]) {
  constexpr std::string_view kColumns =
      "SELECT m.id, m.owner, m.sender, m.kind, m.body, m.file, m.in_reply_to, m.sent_at, m.handed, m.state ";
  Selection<kColumns.size() + N - 1> out;
  std::size_t at = 0;
  for (const char c : kColumns) out.text[at++] = c;
  for (std::size_t i = 0; i + 1 < N; ++i) out.text[at++] = rest[i];
  return out;
}

/// The search index empties the log in the background; a commit does it only when that cannot keep up.
inline constexpr std::string_view kRarelyTidy = "PRAGMA wal_autocheckpoint = 8000";
inline constexpr std::string_view kLastId = "SELECT max(id) FROM messages";
// `state < 2` stands beside each `state = …`, else SQLite does not see that `live` serves it.
inline constexpr std::string_view kCounts =
    "SELECT owner, state, count(*) FROM messages INDEXED BY live WHERE state < 2 GROUP BY owner, state";
inline constexpr std::string_view kByKey = "SELECT id FROM messages WHERE sender = ? AND key = ?";
inline constexpr std::string_view kAdd =
    "INSERT INTO messages (id, owner, sender, kind, state, turn, recv_key, sent_at, settled_at, in_reply_to, key, "
    "file, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
inline constexpr auto kOldest =
    select("FROM messages m INDEXED BY live WHERE owner = ? AND state = 0 AND state < 2 ORDER BY id LIMIT ?");
inline constexpr std::string_view kLease = "UPDATE messages SET state = 1, turn = ?, recv_key = ? WHERE id = ?";
inline constexpr auto kLeasedByKey = select(
    "FROM messages m INDEXED BY live WHERE owner = ? AND state = 1 AND state < 2 AND turn = ? AND recv_key = ? "
    "ORDER BY id");
inline constexpr std::string_view kLeases =
    "SELECT id, recv_key, failed FROM messages INDEXED BY live WHERE owner = ? AND state = 1 AND state < 2 ORDER BY id";
inline constexpr std::string_view kSettle = "UPDATE messages SET state = 2, settled_at = ? WHERE id = ?";
inline constexpr std::string_view kReturn =
    "UPDATE messages SET state = ?, handed = max(handed, ?), failed = ?, turn = NULL, recv_key = NULL WHERE id = ?";
inline constexpr std::string_view kOfLease =
    "SELECT failed FROM messages WHERE id = ? AND owner = ? AND state = 1 AND turn = ?";
inline constexpr std::string_view kStateOf = "SELECT state, owner FROM messages WHERE id = ?";
inline constexpr std::string_view kTurn = "SELECT turn, is_open FROM turns WHERE owner = ?";
inline constexpr std::string_view kSetTurn =
    "INSERT INTO turns (owner, turn, is_open) VALUES (?, ?, ?) ON CONFLICT (owner) DO UPDATE SET turn = excluded.turn, "
    "is_open = excluded.is_open";

// Retention. Ids grow with time as long as the clock is right: the sweep walks ids upwards and ends at the
// first step of messages that are all younger and none of them from the future.
inline constexpr std::string_view kSweepRange =
    "SELECT id, owner, sender, state, settled_at, key IS NOT NULL, sent_at FROM messages WHERE id > ? ORDER BY id "
    "LIMIT ?";
inline constexpr std::string_view kRemove = "DELETE FROM messages WHERE id = ?";
inline constexpr std::string_view kDropKey = "UPDATE messages SET key = NULL WHERE id = ?";

// Reading, on a connection of its own with broker-search.sqlite attached as `search`.
inline constexpr std::string_view kAttach = "ATTACH ? AS search";
inline constexpr std::string_view kUpto = "SELECT upto FROM search.progress";
inline constexpr std::string_view kBehind = "SELECT count(*) FROM messages WHERE id > ?";
inline constexpr auto kAll = select("FROM messages m WHERE m.id < ?1 ORDER BY m.id DESC LIMIT ?2");
/// Of ?3, with ?4: what is not in the index yet, ids between ?1 and ?2.
inline constexpr auto kTail = select(
    "FROM messages m WHERE m.id > ?1 AND m.id < ?2 AND (m.owner = ?3 OR m.sender = ?3) AND (?4 IS NULL OR m.owner = "
    "?4 OR m.sender = ?4) ORDER BY m.id DESC LIMIT ?5");
/// The same of what is.
inline constexpr auto kIndexed = select(
    "FROM search.mail x CROSS JOIN messages m ON m.id = x.id WHERE x.name = ?3 AND x.id <= ?1 AND x.id < ?2 AND (?4 "
    "IS NULL OR m.owner = ?4 OR m.sender = ?4) ORDER BY x.id DESC LIMIT ?5");
inline constexpr auto kSearch = select(
    "FROM search.words w CROSS JOIN messages m ON m.id = w.rowid WHERE w.words MATCH ?1 AND (?2 IS NULL OR m.sender = "
    "?2) AND (?3 IS NULL OR m.owner = ?3) AND (?4 IS NULL OR m.sent_at >= ?4) ORDER BY w.rowid DESC LIMIT ?5");
inline constexpr std::string_view kCountsOf =
    "SELECT owner, state, count(*) FROM messages INDEXED BY live WHERE owner = ? AND state < 2 GROUP BY state";
inline constexpr std::string_view kDeadCounts =
    "SELECT owner, state, count(*) FROM messages INDEXED BY dead WHERE state = 3 GROUP BY owner";
inline constexpr std::string_view kDeadCountOf =
    "SELECT owner, state, count(*) FROM messages INDEXED BY dead WHERE owner = ? AND state = 3 GROUP BY owner";
inline constexpr auto kDead = select("FROM messages m INDEXED BY dead WHERE m.state = 3 ORDER BY m.id DESC LIMIT ?");

// The index itself, broker-search.sqlite.
inline constexpr std::string_view kIndexSteps[] = {R"sql(
CREATE TABLE mail (name TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (name, id)) STRICT, WITHOUT ROWID;
CREATE TABLE progress (upto INTEGER NOT NULL) STRICT;
INSERT INTO progress (upto) VALUES (0);
CREATE VIRTUAL TABLE words USING fts5 (body);
)sql"};
inline constexpr std::string_view kProgress = "SELECT upto FROM progress";
inline constexpr std::string_view kSetProgress = "UPDATE progress SET upto = ?";
inline constexpr std::string_view kNext =
    "SELECT id, owner, sender, body FROM messages WHERE id > ? ORDER BY id LIMIT 1000";
inline constexpr std::string_view kAddWords = "INSERT INTO words (rowid, body) VALUES (?, ?)";
inline constexpr std::string_view kAddMail = "INSERT OR IGNORE INTO mail (name, id) VALUES (?, ?)";
inline constexpr std::string_view kDropWords = "DELETE FROM words WHERE rowid = ?";
inline constexpr std::string_view kDropMail = "DELETE FROM mail WHERE name = ? AND id = ?";
inline constexpr std::string_view kEmptyIndex = "DELETE FROM words; DELETE FROM mail; UPDATE progress SET upto = 0";

}  // namespace hive::broker::sql
