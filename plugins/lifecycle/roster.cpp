#include "roster.hpp"

#include "queries.hpp"

namespace hive::lifecycle {

Result<Roster> Roster::open(const std::filesystem::path& file, const sqlite::Problem& problem) {
  auto database =
      sqlite::Database::open({.file = file, .owner = "lifecycle", .migrations = sql::kMigrations, .problem = problem});
  if (!database) return database.error();
  if (auto begun = database->begin_ids("actions"); !begun) return begun.error();
  return Roster(std::move(*database));
}

Result<Kept> Roster::load() {
  auto agents = database_.read<Member>(sql::kAgents);
  auto members = agents.all();
  if (!members) return members.error();
  auto rows = database_.read<InFlight>(sql::kActions);
  auto actions = rows.all();
  if (!actions) return actions.error();
  auto graves = database_.read<Tombstone>(sql::kTombstones);
  auto tombstones = graves.all();
  if (!tombstones) return tombstones.error();
  auto unreadable = agents.unreadable();
  std::ranges::copy(rows.unreadable(), std::back_inserter(unreadable));
  for (const auto& row : rows.unreadable())
    std::erase_if(*members, [&row](const Member& member) { return member.name == row.id; });
  for (auto& [name, action] : *actions) {
    const auto member = std::ranges::find(*members, name, &Member::name);
    if (member != members->end()) member->action = std::move(action);
  }
  return Kept{.members = std::move(*members),
              .unreadable = named(unreadable),
              .tombstones = {std::move(*tombstones), named(graves.unreadable())}};
}

Result<std::int64_t> Roster::begin(const Member& member) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  if (auto put = database_.run(sql::kPutAgent, member); !put) return put.error();
  if (auto gone = database_.run(sql::kRemoveTombstone, {member.name}); !gone) return gone.error();
  if (auto put = database_.run(sql::kPutAction, InFlight{member.name, *member.action}); !put) return put.error();
  const auto id = database_.last_id();
  if (auto done = transaction->commit(); !done) return done.error();
  return id;
}

Status Roster::adopt(const Member& member) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  if (auto put = database_.run(sql::kPutAgent, member); !put) return put;
  // What is left of one could not be read, and would be in the way of every later one.
  if (auto ended = database_.run(sql::kEndAction, {member.name}); !ended) return ended;
  return transaction->commit();
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
    if (auto put = database_.run(sql::kPutTombstone, *tombstone); !put) return put;
  if (auto put = post(letters); !put) return put;
  return transaction->commit();
}

Status Roster::remove_tombstone(const std::string& name) {
  return database_.run(sql::kRemoveTombstone, {name});
}

}  // namespace hive::lifecycle
