#include "mailboxes.hpp"

#include "queries.hpp"
#include "row.hpp"

#include <algorithm>

namespace hive::broker {
namespace {

constexpr std::int64_t kSweepStep = 500;

bool is_in(const std::vector<std::string>& keys, const std::optional<std::string>& key) {
  return key && std::find(keys.begin(), keys.end(), *key) != keys.end();
}

}  // namespace

Result<Mailboxes> Mailboxes::open(const std::filesystem::path& file, const Limits& limits) {
  auto database =
      sqlite::Database::open({.file = file, .owner = "broker", .migrations = sql::kSteps, .log_bytes = kLogBytes});
  if (!database) return database.error();
  if (auto set = database->script(sql::kRarelyTidy); !set) return set.error();
  Mailboxes mailboxes(std::move(*database), limits);
  if (auto loaded = mailboxes.load(); !loaded) return loaded.error();
  return mailboxes;
}

Status Mailboxes::load() {
  loaded_ = false;
  counts_.clear();
  auto last = database_.integer(sql::kLastId);
  if (!last) return last.error();
  last_id_ = last->value_or(0);
  auto rows = database_.query(sql::kCounts);
  while (rows.next()) {
    auto& found = count(rows.text(0));
    (State(rows.integer(1)) == State::queued ? found.queued : found.leased) = rows.integer(2);
  }
  loaded_ = rows.status().has_value();
  return rows.status();
}

Mailboxes::Count& Mailboxes::count(std::string_view owner) {
  const auto found = counts_.find(owner);
  if (found != counts_.end()) return found->second;
  return counts_[std::string(owner)];
}

Status Mailboxes::begin() {
  if (!loaded_)
    if (auto loaded = load(); !loaded) return loaded;
  return database_.run("BEGIN IMMEDIATE");
}

Status Mailboxes::commit() {
  return database_.run("COMMIT");
}

void Mailboxes::roll_back() {
  // A full disk has rolled back already; then SQLite says that there is nothing to do.
  auto ended = database_.run("ROLLBACK");
  auto loaded = load();  // `begin` tries again when this failed
  static_cast<void>(ended), static_cast<void>(loaded);
}

Result<std::optional<std::int64_t>> Mailboxes::sent_before(std::string_view sender, std::string_view key) {
  return database_.integer(sql::kByKey, {sender, key});
}

bool Mailboxes::has_room(std::string_view owner) const {
  const auto found = counts_.find(owner);
  return found == counts_.end() || found->second.queued + found->second.leased < limits_.undelivered;
}

std::int64_t Mailboxes::queued(std::string_view owner) const {
  const auto found = counts_.find(owner);
  return found == counts_.end() ? 0 : found->second.queued;
}

Message Mailboxes::message_of(const Draft& draft, std::string_view owner, std::int64_t id) {
  Message message;
  message.id = id;
  message.from = draft.sender;
  message.to = owner;
  message.kind = draft.kind;
  message.body = draft.body;
  message.file = draft.file;
  message.in_reply_to = draft.in_reply_to;
  message.sent_at = draft.sent_at;
  return message;
}

Result<Message> Mailboxes::add(const Draft& draft, std::string_view owner, const Lease* lease) {
  const bool settled = owner == "operator";
  State state = lease != nullptr ? State::leased : State::queued;
  std::optional<std::int64_t> turn, settled_at;
  std::optional<std::string_view> recv_key;
  if (settled) state = State::settled, settled_at = draft.sent_at.ms;
  if (lease != nullptr) turn = lease->turn;
  if (lease != nullptr && lease->key) recv_key = *lease->key;
  const auto id = last_id_ + 1;
  auto added =
      database_.run(sql::kAdd, {id, owner, draft.sender, int(draft.kind), int(state), turn, recv_key, draft.sent_at,
                                settled_at, draft.in_reply_to, draft.key, draft.file, draft.body});
  if (!added) return added.error();
  last_id_ = id;
  if (state == State::queued) ++count(owner).queued;
  if (state == State::leased) ++count(owner).leased;
  return message_of(draft, owner, id);
}

Result<std::vector<Message>> Mailboxes::lease(std::string_view owner, const Lease& lease, Room room) {
  std::vector<Message> messages;
  if (queued(owner) == 0) return messages;
  {
    auto rows = database_.query(sql::kOldest, {owner, room.most});
    while (rows.next()) {
      auto message = message_in(rows);
      const auto bytes = wire_bytes(message);
      if (!fits(room.bytes, bytes)) break;
      room.bytes += bytes;
      messages.push_back(std::move(message));
    }
    if (!rows.status()) return rows.status().error();
  }
  for (const auto& message : messages)
    if (auto leased = database_.run(sql::kLease, {lease.turn, lease.key, message.id}); !leased) return leased.error();
  auto& counted = count(owner);
  counted.queued -= std::int64_t(messages.size());
  counted.leased += std::int64_t(messages.size());
  return messages;
}

Result<std::vector<Message>> Mailboxes::leased_by(std::string_view owner, const Lease& lease) {
  std::vector<Message> messages;
  auto rows = database_.query(sql::kLeasedByKey, {owner, lease.turn, lease.key});
  while (rows.next()) messages.push_back(message_in(rows));
  if (!rows.status()) return rows.status().error();
  return messages;
}

Result<Change> Mailboxes::put_back(std::string_view owner, std::int64_t id, std::int64_t failed, Returned why) {
  if (why == Returned::failed) ++failed;
  const bool dead = failed >= limits_.failed_turns;
  const Change change{id, dead ? State::dead : State::queued};
  const int handed = why == Returned::unhanded ? 0 : 1;
  if (auto done = database_.run(sql::kReturn, {int(change.state), handed, failed, id}); !done) return done.error();
  auto& counted = count(owner);
  --counted.leased;
  if (!dead) ++counted.queued;
  return change;
}

Result<std::optional<Change>> Mailboxes::give_back(std::string_view owner, std::int64_t turn, std::int64_t id,
                                                   Returned why) {
  auto failed = database_.integer(sql::kOfLease, {id, owner, turn});
  if (!failed) return failed.error();
  if (!*failed) return std::optional<Change>{};
  auto change = put_back(owner, id, **failed, why);
  if (!change) return change.error();
  return std::optional<Change>(*change);
}

Result<Turn> Mailboxes::turn_of(std::string_view owner) {
  auto rows = database_.query(sql::kTurn, {owner});
  if (rows.next()) return Turn{rows.integer(0), rows.integer(1) != 0};
  if (!rows.status()) return rows.status().error();
  return Turn{};
}

Status Mailboxes::set_turn(std::string_view owner, const Turn& turn) {
  return database_.run(sql::kSetTurn, {owner, turn.number, turn.open});
}

Result<std::vector<Mailboxes::Held>> Mailboxes::leases(std::string_view owner) {
  std::vector<Held> held;
  auto rows = database_.query(sql::kLeases, {owner});
  while (rows.next()) held.push_back({rows.integer(0), rows.integer(2), rows.text_if(1)});
  if (!rows.status()) return rows.status().error();
  return held;
}

Result<std::vector<Change>> Mailboxes::settle_all(std::string_view owner, const std::vector<std::string>& unseen,
                                                  Time now) {
  auto held = leases(owner);
  if (!held) return held.error();
  std::vector<Change> changes;
  for (const auto& one : *held) {
    if (is_in(unseen, one.key)) {
      auto change = put_back(owner, one.id, one.failed, Returned::unseen);
      if (!change) return change.error();
      changes.push_back(*change);
      continue;
    }
    if (auto settled = database_.run(sql::kSettle, {now, one.id}); !settled) return settled.error();
    --count(owner).leased;
    changes.push_back({one.id, State::settled});
  }
  return changes;
}

Result<std::vector<Change>> Mailboxes::return_all(std::string_view owner, const std::vector<std::string>& unseen) {
  auto held = leases(owner);
  if (!held) return held.error();
  std::vector<Change> changes;
  for (const auto& one : *held) {
    const auto why = is_in(unseen, one.key) ? Returned::unseen : Returned::failed;
    auto change = put_back(owner, one.id, one.failed, why);
    if (!change) return change.error();
    changes.push_back(*change);
  }
  return changes;
}

Result<std::string> Mailboxes::requeue(std::int64_t id) {
  std::string owner;
  {
    auto rows = database_.query(sql::kStateOf, {id});
    if (!rows.next()) {
      if (!rows.status()) return rows.status().error();
      return error(Code::not_found, "broker: there is no message " + std::to_string(id));
    }
    const auto state = State(rows.integer(0));
    if (state != State::dead)
      return error(Code::conflict, "broker: message " + std::to_string(id) + " is " + std::string(name_of(state)) +
                                       "; only a dead letter can be queued again");
    owner = rows.text(1);
  }
  if (auto done = database_.run(sql::kReturn, {int(State::queued), 1, 0, id}); !done) return done.error();
  ++count(owner).queued;
  return owner;
}

Result<Mailboxes::Swept> Mailboxes::sweep(std::int64_t from, Time now) {
  const auto oldest = now.ms - limits_.kept_ms;
  Swept swept;
  std::vector<std::int64_t> keys;
  {
    std::int64_t seen = 0;
    bool ends = true;  // all of them are younger, by a clock that can be right
    auto rows = database_.query(sql::kSweepRange, {from, kSweepStep});
    while (rows.next()) {
      ++seen;
      const auto id = rows.integer(0);
      const auto sent_at = rows.integer(6);
      swept.next = id;
      if (sent_at < oldest || sent_at > now.ms) ends = false;
      if (sent_at >= oldest) continue;
      const bool settled = State(rows.integer(3)) == State::settled && rows.integer(4) < oldest;
      // The last id stays, so that no id is given out twice.
      if (settled && id != last_id_)
        swept.removed.push_back({id, std::string(rows.text(1)), std::string(rows.text(2))});
      else if (rows.integer(5) != 0)
        keys.push_back(id);
    }
    if (!rows.status()) return rows.status().error();
    if (ends || seen < kSweepStep) swept.next = 0;
  }
  for (const auto& one : swept.removed)
    if (auto done = database_.run(sql::kRemove, {one.id}); !done) return done.error();
  for (const auto id : keys)
    if (auto done = database_.run(sql::kDropKey, {id}); !done) return done.error();
  return swept;
}

}  // namespace hive::broker
