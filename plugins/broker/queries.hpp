#pragma once
#include "rows.hpp"

/// All SQL of broker.sqlite. A send costs three b-trees: the message at the end of its table, `live`
/// and, when it has a key, `keys`; what reading needs beyond them is in broker-search.sqlite, and what the
/// quotas need is counted in memory.
namespace hive::broker::sql {

using sqlite::sql_for;

/// `state` and `kind` are the numbers of broker::State and broker::Kind. `handed`: it was handed out by
/// a lease that was returned. `failed`: turns that ended badly with it. `key` of a plugin's message
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
)sql",
                                              // `lives`: whose a name is. `number` counts the incarnations that ended,
                                              // `since` is the last id of the time before this one: what is older
                                              // belongs to another. No incarnation: the last one was purged.
                                              // `tallies`: what each sender has stored up to the id `saved`; `unread`
                                              // of that is mail to the operator with ids above `read`.
                                              R"sql(
CREATE TABLE lives (
  name TEXT PRIMARY KEY,
  incarnation TEXT,
  number INTEGER NOT NULL,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE messages ADD COLUMN sender_life INTEGER NOT NULL DEFAULT 0;
DROP INDEX keys;
CREATE UNIQUE INDEX keys ON messages (sender, sender_life, key) WHERE key IS NOT NULL;
CREATE TABLE tallies (
  sender TEXT PRIMARY KEY,
  messages INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  unread INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO tallies
  SELECT sender, count(*), sum(length(CAST(body AS BLOB)) + coalesce(length(CAST(file AS BLOB)), 0) + 256), 0
  FROM messages GROUP BY sender;
CREATE TABLE marks (saved INTEGER NOT NULL, read INTEGER NOT NULL) STRICT;
INSERT INTO marks SELECT coalesce(max(id), 0), coalesce(max(id), 0) FROM messages;
)sql"};

/// The search index empties the log in the background; a commit does it only when that cannot keep up.
inline constexpr std::string_view kRarelyTidy = "PRAGMA wal_autocheckpoint = 8000";
inline constexpr std::string_view kLastId = "SELECT max(id) FROM messages";
// `state < 2` stands beside each `state = …`, else SQLite does not see that `live` serves it.
inline constexpr auto kWaiting =
    sql_for<WaitingOf>("SELECT {columns} FROM messages INDEXED BY live WHERE state < 2 GROUP BY owner, sender, state");
inline constexpr std::string_view kDeadTotal = "SELECT count(*) FROM messages INDEXED BY dead WHERE state = 3";
inline constexpr auto kCounts =
    sql_for<InState>("SELECT {columns} FROM messages INDEXED BY live WHERE state < 2 GROUP BY owner, state");
inline constexpr std::string_view kByKey = "SELECT id FROM messages WHERE sender = ? AND sender_life = ? AND key = ?";
inline constexpr auto kAdd = sql_for<NewMessage>("INSERT INTO messages ({names}) VALUES ({values})");
inline constexpr auto kOldest = sql_for<Entry>(
    "SELECT {columns} FROM messages m INDEXED BY live WHERE owner = ? AND state = 0 AND state < 2 ORDER BY id");
inline constexpr std::string_view kLease = "UPDATE messages SET state = 1, turn = ?, recv_key = ? WHERE id = ?";
inline constexpr auto kLeasedByKey = sql_for<Entry>(
    "SELECT {columns} FROM messages m INDEXED BY live WHERE owner = ? AND state = 1 AND state < 2 AND turn = ? AND "
    "recv_key = ? ORDER BY id");
inline constexpr auto kLeases = sql_for<Held>(
    "SELECT {columns} FROM messages INDEXED BY live WHERE owner = ? AND state = 1 AND state < 2 ORDER BY id");
inline constexpr std::string_view kSettle = "UPDATE messages SET state = 2, settled_at = ? WHERE id = ?";
inline constexpr std::string_view kReturn =
    "UPDATE messages SET state = ?, handed = max(handed, ?), failed = ?, turn = NULL, recv_key = NULL WHERE id = ?";
inline constexpr auto kOfLease =
    sql_for<Held>("SELECT {columns} FROM messages WHERE id = ? AND owner = ? AND state = 1 AND turn = ?");
inline constexpr auto kStateOf = sql_for<Standing>("SELECT {columns} FROM messages WHERE id = ?");
// The dead of which the recipient was not purged.
inline constexpr auto kCanBeRequeued = sql_for<DeadLetter>(
    "SELECT {columns} FROM messages m INDEXED BY dead LEFT JOIN lives l ON l.name = m.owner WHERE m.state = 3 AND (?1 "
    "IS NULL OR m.owner = ?1) AND m.id > coalesce(l.since, 0) LIMIT ?2");
inline constexpr auto kTurn = sql_for<Turn>("SELECT {columns} FROM turns WHERE owner = ?");
inline constexpr auto kSetTurn = sql_for<Turn>(
    "INSERT INTO turns (owner, {names}) VALUES (?, {values}) ON CONFLICT (owner) DO UPDATE SET turn = excluded.turn, "
    "is_open = excluded.is_open");

// Whose a name is.
inline constexpr auto kLives = sql_for<NamedLife>("SELECT {columns} FROM lives");
inline constexpr auto kSetLife = sql_for<NamedLife>("INSERT OR REPLACE INTO lives ({names}) VALUES ({values})");
inline constexpr std::string_view kPartiesWithMail =
    "SELECT owner FROM messages INDEXED BY live WHERE state < 2 UNION SELECT owner FROM turns";
inline constexpr auto kWaitingOf =
    sql_for<Standing>("SELECT {columns} FROM messages INDEXED BY live WHERE owner = ? AND state < 2 ORDER BY id");
inline constexpr std::string_view kPurgeWaiting =
    "UPDATE messages INDEXED BY live SET handed = max(handed, state), state = 3, turn = NULL, recv_key = NULL WHERE "
    "owner = ? AND state < 2";
/// The dead of a purged agent are kept as long as what is settled.
inline constexpr std::string_view kDatePurged =
    "UPDATE messages INDEXED BY dead SET settled_at = ?1 WHERE owner = ?2 AND state = 3 AND settled_at IS NULL";

// What the quotas count.
inline constexpr auto kMarks = sql_for<Marks>("SELECT {columns} FROM marks");
inline constexpr auto kSaveMarks = sql_for<Marks>("UPDATE marks SET ({names}) = ({values})");
inline constexpr auto kSavedTallies = sql_for<Stored>("SELECT {columns} FROM tallies");
inline constexpr std::string_view kDropTallies = "DELETE FROM tallies";
inline constexpr auto kSaveTally = sql_for<Stored>("INSERT INTO tallies ({names}) VALUES ({values})");
inline constexpr auto kStoredAfter = sql_for<Counted>(
    "SELECT {columns} FROM messages m LEFT JOIN lives l ON l.name = m.sender WHERE m.id > ? AND m.id > "
    "coalesce(l.since, 0)");
inline constexpr auto kUnreadAfter = sql_for<Unread>(
    "SELECT {columns} FROM messages m LEFT JOIN lives l ON l.name = m.sender WHERE m.id > ? AND m.owner = 'operator' "
    "AND m.id > coalesce(l.since, 0) GROUP BY m.sender");

// Retention. Ids grow with time as long as the clock is right: the sweep walks ids upwards and ends at the
// first step of messages that are all younger and none of them from the future.
inline constexpr auto kSweepRange =
    sql_for<Kept>("SELECT {columns} FROM messages m WHERE m.id > ? ORDER BY m.id LIMIT ?");
inline constexpr std::string_view kRemove = "DELETE FROM messages WHERE id = ?";
inline constexpr std::string_view kDropKey = "UPDATE messages SET key = NULL WHERE id = ?";

// Reading, on a connection of its own with broker-search.sqlite attached as `search`.
inline constexpr std::string_view kAttach = "ATTACH ? AS search";
inline constexpr std::string_view kUpto = "SELECT upto FROM search.progress";
inline constexpr std::string_view kBehind = "SELECT count(*) FROM messages WHERE id > ?";
inline constexpr auto kAll =
    sql_for<Entry>("SELECT {columns} FROM messages m WHERE m.id < ?1 ORDER BY m.id DESC LIMIT ?2");
/// The last id of the time before the incarnation that ?1 stands for now, and which that is.
inline constexpr auto kLife = sql_for<NamedLife>("SELECT {columns} FROM lives WHERE name = ?");
/// Of ?3, with ?4, of box ?6: what is not in the index yet, ids between ?1 and ?2 that are above ?7.
inline constexpr auto kTail = sql_for<Entry>(
    "SELECT {columns} FROM messages m WHERE m.id > max(?1, ?7) AND m.id < ?2 AND ((?6 <> 1 AND m.owner = ?3) OR (?6 <> "
    "0 AND m.sender = ?3)) AND (?4 IS NULL OR m.owner = ?4 OR m.sender = ?4) ORDER BY m.id DESC LIMIT ?5");
/// The same of what is.
inline constexpr auto kIndexed = sql_for<Entry>(
    "SELECT {columns} FROM search.mail x CROSS JOIN messages m USING (id) WHERE x.name = ?3 AND x.box = ?6 AND x.id > "
    "?7 AND x.id <= ?1 AND x.id < ?2 AND (?4 IS NULL OR m.owner = ?4 OR m.sender = ?4) ORDER BY 1 DESC LIMIT ?5");
/// Both boxes; SQLite merges them row by row, as far as the limit. A message to oneself is in both.
inline constexpr auto kIndexedBoth = sql_for<Entry>(
    "SELECT {columns} FROM search.mail x CROSS JOIN messages m USING (id) WHERE x.name = ?3 AND x.box = 0 AND x.id > "
    "?7 AND x.id <= ?1 AND x.id < ?2 AND (?4 IS NULL OR m.owner = ?4 OR m.sender = ?4) UNION ALL SELECT {columns} FROM "
    "search.mail x CROSS JOIN messages m USING (id) WHERE x.name = ?3 AND x.box = 1 AND x.id > ?7 AND x.id <= ?1 AND "
    "x.id < ?2 AND m.owner <> m.sender AND (?4 IS NULL OR m.owner = ?4 OR m.sender = ?4) ORDER BY 1 DESC LIMIT ?5");
/// A name finds the mail of whom it stands for now. ?7: who asks, when that is an incarnation too, whose predecessor's
/// mail is not for it.
inline constexpr auto kSearch = sql_for<Entry>(
    "SELECT {columns} FROM search.words w CROSS JOIN messages m ON m.id = w.rowid WHERE w.words MATCH ?1 AND w.rowid < "
    "?6 AND (?2 IS NULL OR (m.sender = ?2 AND m.id > coalesce((SELECT since FROM main.lives WHERE name = ?2), 0))) AND "
    "(?3 IS NULL OR (m.owner = ?3 AND m.id > coalesce((SELECT since FROM main.lives WHERE name = ?3), 0))) AND (?4 IS "
    "NULL OR m.sent_at >= ?4) AND (?7 IS NULL OR (m.owner <> ?7 AND m.sender <> ?7) OR m.id > coalesce((SELECT since "
    "FROM main.lives WHERE name = ?7), 0)) ORDER BY w.rowid DESC LIMIT ?5");
inline constexpr auto kCountsOf =
    sql_for<InState>("SELECT {columns} FROM messages INDEXED BY live WHERE owner = ? AND state < 2 GROUP BY state");
inline constexpr auto kDeadCounts =
    sql_for<InState>("SELECT {columns} FROM messages INDEXED BY dead WHERE state = 3 GROUP BY owner");
inline constexpr auto kDeadCountOf = sql_for<InState>(
    "SELECT {columns} FROM messages INDEXED BY dead WHERE owner = ? AND state = 3 AND id > ? GROUP BY owner");
inline constexpr std::string_view kDeadTotalOf =
    "SELECT count(*) FROM messages INDEXED BY dead WHERE state = 3 AND (?1 IS NULL OR owner = ?1)";
inline constexpr auto kDead = sql_for<Entry>(
    "SELECT {columns} FROM messages m INDEXED BY dead WHERE m.state = 3 AND (?1 IS NULL OR m.owner = ?1) AND m.id < ?2 "
    "ORDER BY m.id DESC LIMIT ?3");

// The index itself, broker-search.sqlite.
inline constexpr std::string_view kIndexSteps[] = {R"sql(
CREATE TABLE mail (name TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (name, id)) STRICT, WITHOUT ROWID;
CREATE TABLE progress (upto INTEGER NOT NULL) STRICT;
INSERT INTO progress (upto) VALUES (0);
CREATE VIRTUAL TABLE words USING fts5 (body);
)sql",
                                                   // `box`: the number of broker::Box, in or out. It is filled anew.
                                                   R"sql(
DROP TABLE mail;
CREATE TABLE mail (
  name TEXT NOT NULL,
  box INTEGER NOT NULL,
  id INTEGER NOT NULL,
  PRIMARY KEY (name, box, id)
) STRICT, WITHOUT ROWID;
UPDATE progress SET upto = 0;
DROP TABLE words;
CREATE VIRTUAL TABLE words USING fts5 (body);
)sql"};
inline constexpr std::string_view kProgress = "SELECT upto FROM progress";
inline constexpr std::string_view kSetProgress = "UPDATE progress SET upto = ?";
inline constexpr auto kNext = sql_for<Words>("SELECT {columns} FROM messages WHERE id > ? ORDER BY id LIMIT 1000");
inline constexpr auto kAddWords = sql_for<NewWords>("INSERT INTO words ({names}) VALUES ({values})");
inline constexpr auto kAddMail = sql_for<Mail>("INSERT OR IGNORE INTO mail ({names}) VALUES ({values})");
inline constexpr std::string_view kDropWords = "DELETE FROM words WHERE rowid = ?";
inline constexpr std::string_view kDropMail = "DELETE FROM mail WHERE name = ? AND box = ? AND id = ?";
inline constexpr std::string_view kEmptyIndex = "DELETE FROM words; DELETE FROM mail; UPDATE progress SET upto = 0";

}  // namespace hive::broker::sql
