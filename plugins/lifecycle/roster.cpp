#include "roster.hpp"

#include "queries.hpp"

namespace hive::lifecycle {

namespace {

template <class E>
bool read_name(std::string_view text, E& out) {
  Decoding decoding;
  return Codec<E>::decode(json::value(text), out, decoding);
}

/// Nothing when the row was written by a later version or is damaged.
std::optional<Member> read_member(const sqlite::Rows& rows) {
  Member member{.name = std::string(rows.text(0)), .incarnation = std::string(rows.text(2))};
  if (!read_name(rows.text(1), member.desired)) return {};
  if (rows.is_null(3)) return member;
  Action action{.id = rows.integer(3),
                .revision = rows.text_if(5),
                .purge = rows.integer(6) != 0,
                .cause = std::string(rows.text(7))};
  if (!read_name(rows.text(4), action.what)) return {};
  member.action = std::move(action);
  return member;
}

}  // namespace

Result<Roster> Roster::open(const std::filesystem::path& file) {
  auto database = sqlite::Database::open({.file = file, .owner = "lifecycle", .migrations = sql::kMigrations});
  if (!database) return database.error();
  if (auto begun = database->begin_ids("actions"); !begun) return begun.error();
  return Roster(std::move(*database));
}

Result<Kept> Roster::load() {
  Kept kept;
  auto rows = database_.query(sql::kAgents);
  while (rows.next()) {
    if (auto member = read_member(rows))
      kept.members.push_back(std::move(*member));
    else
      kept.unreadable.push_back("agent " + std::string(rows.text(0)) + ": its row has a word of another version");
  }
  if (!rows.status()) return rows.status().error();
  auto dead = database_.query(sql::kTombstones);
  while (dead.next()) kept.tombstones.push_back({std::string(dead.text(0)), std::string(dead.text(1)), dead.time(2)});
  if (!dead.status()) return dead.status().error();
  return kept;
}

Result<std::int64_t> Roster::begin(const Member& member) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  if (auto put = adopt(member); !put) return put.error();
  if (auto gone = database_.run(sql::kRemoveTombstone, {member.name}); !gone) return gone.error();
  const auto& action = *member.action;
  auto put = database_.run(sql::kPutAction,
                           {member.name, name_of(action.what), action.revision, int(action.purge), action.cause});
  if (!put) return put.error();
  const auto id = database_.last_id();
  if (auto done = transaction->commit(); !done) return done.error();
  return id;
}

Status Roster::adopt(const Member& member) {
  return database_.run(sql::kPutAgent, {member.name, name_of(member.desired), member.incarnation});
}

Status Roster::post(const std::vector<sqlite::Letter>& letters) {
  for (const auto& letter : letters)
    if (auto put = sqlite::Outbox::put(database_, letter); !put) return put;
  return {};
}

Status Roster::settle(const std::string& name, const std::vector<sqlite::Letter>& letters) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  if (auto ended = database_.run(sql::kEndAction, {name}); !ended) return ended;
  if (auto put = post(letters); !put) return put;
  return transaction->commit();
}

Status Roster::bury(const std::string& name, const std::optional<Tombstone>& tombstone,
                    const std::vector<sqlite::Letter>& letters) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  if (auto ended = database_.run(sql::kEndAction, {name}); !ended) return ended;
  if (auto gone = database_.run(sql::kRemoveAgent, {name}); !gone) return gone;
  if (tombstone)
    if (auto put = database_.run(sql::kPutTombstone, {name, tombstone->incarnation, tombstone->destroyed_at}); !put)
      return put;
  if (auto put = post(letters); !put) return put;
  return transaction->commit();
}

Status Roster::remove_tombstone(const std::string& name) {
  return database_.run(sql::kRemoveTombstone, {name});
}

}  // namespace hive::lifecycle
