#include "leases.hpp"

#include "queries.hpp"
#include "read_each.hpp"
#include "reply_size.hpp"

#include <algorithm>

namespace hive::broker {
namespace {

bool is_in(const std::vector<std::string>& keys, const std::optional<std::string>& key) {
  return key && std::find(keys.begin(), keys.end(), *key) != keys.end();
}

}  // namespace

Result<std::vector<Message>> Leases::take(std::string_view owner, const Lease& lease, Room room) {
  if (messages_.counts().queued(owner) == 0) return std::vector<Message>();
  BoundedList<Message> list({std::size_t(room.most), kToolReplyBytes}, room.bytes);
  const auto add = [&](Entry& entry) {
    const auto bytes = wire_bytes(entry.message);
    return list.add(std::move(entry.message), bytes) && list.room() > 0;
  };
  const auto read = read_each(database_.read<Entry>(sql::kOldest, {owner}), add);
  if (!read) return read.error();
  auto messages = list.take();
  for (const auto& message : messages) {
    const Messages::Move move{message.id, owner, message.from, State::queued, State::leased};
    if (auto done = messages_.move(move, sql::kLease, {lease.turn, lease.key, message.id}); !done) return done.error();
  }
  return messages;
}

Result<std::vector<Message>> Leases::take_again(std::string_view owner, const Lease& lease) {
  std::vector<Message> messages;
  const auto add = [&](Entry& entry) {
    messages.push_back(std::move(entry.message));
    return true;
  };
  const auto read = read_each(database_.read<Entry>(sql::kLeasedByKey, {owner, lease.turn, lease.key}), add);
  if (!read) return read.error();
  for (const auto& row : read->left_out)
    if (auto done = return_one(owner, lease.turn, id_of(row)); !done) return done.error();
  return messages;
}

Result<Turn> Leases::read_turn(std::string_view owner) {
  auto turn = database_.first<Turn>(sql::kTurn, {owner});
  if (!turn) return turn.error();
  return turn->value_or(Turn{});
}

Status Leases::set_turn(std::string_view owner, const Turn& turn) {
  return database_.run(sql::kSetTurn, {owner}, turn);
}

Result<std::optional<Change>> Leases::return_one(std::string_view owner, std::int64_t turn, std::int64_t id) {
  auto held = database_.first<Held>(sql::kOfLease, {id, owner, turn});
  if (!held) return held.error();
  if (!*held) return std::optional<Change>{};
  auto change = return_held(owner, **held, Returned::unhanded);
  if (!change) return change.error();
  return std::optional<Change>(*change);
}

Result<std::vector<Change>> Leases::return_all(std::string_view owner, const std::vector<std::string>& unseen) {
  auto all = read_all(owner);
  if (!all) return all.error();
  std::vector<Change> changes;
  for (const auto& held : *all) {
    auto change = return_held(owner, held, is_in(unseen, held.key) ? Returned::unseen : Returned::failed);
    if (!change) return change.error();
    changes.push_back(*change);
  }
  return changes;
}

Result<std::vector<Change>> Leases::settle_all(std::string_view owner, const std::vector<std::string>& unseen,
                                               Time now) {
  auto all = read_all(owner);
  if (!all) return all.error();
  std::vector<Change> changes;
  for (const auto& held : *all) {
    auto change = is_in(unseen, held.key) ? return_held(owner, held, Returned::unseen) : settle(owner, held, now);
    if (!change) return change.error();
    changes.push_back(*change);
  }
  return changes;
}

Result<std::vector<Held>> Leases::read_all(std::string_view owner) {
  return database_.read<Held>(sql::kLeases, {owner}).all();
}

Result<Change> Leases::return_held(std::string_view owner, const Held& held, Returned why) {
  const auto failed = held.failed + (why == Returned::failed ? 1 : 0);
  const Change change{held.id, failed >= failed_turns_ ? State::dead : State::queued};
  const int handed = why == Returned::unhanded ? 0 : 1;
  const Messages::Move move{held.id, owner, held.sender, State::leased, change.state};
  auto done = messages_.move(move, sql::kReturn, {int(change.state), handed, failed, held.id});
  if (!done) return done.error();
  return change;
}

Result<Change> Leases::settle(std::string_view owner, const Held& held, Time now) {
  const Messages::Move move{held.id, owner, held.sender, State::leased, State::settled};
  if (auto done = messages_.move(move, sql::kSettle, {now, held.id}); !done) return done.error();
  return Change{held.id, State::settled};
}

}  // namespace hive::broker
