#include "mailboxes.hpp"

#include "queries.hpp"
#include "reply_size.hpp"

#include <algorithm>

namespace hive::broker {
namespace {

bool is_in(const std::vector<std::string>& keys, const std::optional<std::string>& key) {
  return key && std::find(keys.begin(), keys.end(), *key) != keys.end();
}

}  // namespace

Result<Mailboxes> Mailboxes::open(const std::filesystem::path& file, const Limits& limits,
                                  const sqlite::Problem& problem) {
  auto database = sqlite::Database::open(
      {.file = file, .owner = "broker", .migrations = sql::kSteps, .log_bytes = kLogBytes, .problem = problem});
  if (!database) return database.error();
  if (auto set = database->script(sql::kRarelyTidy); !set) return set.error();
  Mailboxes mailboxes(std::move(*database), limits);
  if (auto loaded = mailboxes.load(); !loaded) return loaded.error();
  return mailboxes;
}

Status Mailboxes::load() {
  loaded_ = false;
  auto last = database_.integer(sql::kLastId);
  if (!last) return last.error();
  last_id_ = last->value_or(0);
  if (auto counted = counts_.load(database_); !counted) return counted;
  if (auto loaded = load_lives(); !loaded) return loaded;
  loaded_ = true;
  return {};
}

Status Mailboxes::begin() {
  if (!loaded_)
    if (auto loaded = load(); !loaded) return loaded;
  return database_.run("BEGIN IMMEDIATE");
}

Status Mailboxes::commit() {
  if (counts_.is_due(last_id_))
    if (auto saved = counts_.save(database_, last_id_); !saved) return saved;
  return database_.run("COMMIT");
}

void Mailboxes::roll_back() {
  // A full disk has rolled back already; then SQLite says that there is nothing to do.
  auto ended = database_.run("ROLLBACK");
  auto loaded = load();  // `begin` tries again when this failed
  static_cast<void>(ended), static_cast<void>(loaded);
}

Result<std::optional<std::int64_t>> Mailboxes::sent_before(std::string_view sender, std::string_view key) {
  return database_.integer(sql::kByKey, {sender, life_of(sender).number, key});
}

Message Mailboxes::message_of(const Draft& draft, std::string_view owner, std::int64_t id) {
  Message message;
  message.id = id;
  message.from = draft.sender.name;
  message.to = owner;
  message.kind = draft.kind;
  message.body = draft.body;
  message.file = draft.file;
  message.in_reply_to = draft.in_reply_to;
  message.sent_at = draft.sent_at;
  return message;
}

Result<Message> Mailboxes::add(const Draft& draft, std::string_view owner, const Lease* lease) {
  const auto& sender = draft.sender.name;
  NewMessage message{.id = last_id_ + 1,
                     .owner = owner,
                     .sender = sender,
                     .sender_life = life_of(sender).number,
                     .kind = draft.kind,
                     .state = lease != nullptr ? State::leased : State::queued,
                     .turn = {},
                     .recv_key = {},
                     .sent_at = draft.sent_at,
                     .settled_at = {},
                     .in_reply_to = draft.in_reply_to,
                     .key = draft.key,
                     .file = draft.file,
                     .body = draft.body};
  if (owner == kOperator) message.state = State::settled, message.settled_at = draft.sent_at;
  if (lease != nullptr) message.turn = lease->turn, message.recv_key = lease->key;
  auto added = database_.run(sql::kAdd, message);
  if (!added) return added.error();
  last_id_ = message.id;
  counts_.added({.owner = owner, .sender = sender, .id = message.id, .bytes = draft.bytes()}, message.state);
  return message_of(draft, owner, message.id);
}

Result<std::vector<Message>> Mailboxes::lease(std::string_view owner, const Lease& lease, Room room) {
  std::vector<Message> messages;
  if (queued(owner) == 0) return messages;
  {
    auto rows = database_.read<Entry>(sql::kOldest, {owner});
    while (std::ssize(messages) < room.most) {
      auto entry = rows.next();
      if (!entry) break;
      const auto bytes = wire_bytes(entry->message);
      if (!fits(room.bytes, bytes, kToolReplyBytes)) break;
      room.bytes += bytes;
      messages.push_back(std::move(entry->message));
    }
    if (!rows.status()) return rows.status().error();
  }
  for (const auto& message : messages) {
    if (auto leased = database_.run(sql::kLease, {lease.turn, lease.key, message.id}); !leased) return leased.error();
    counts_.moved(owner, message.from, State::queued, State::leased);
  }
  return messages;
}

Result<std::vector<Message>> Mailboxes::leased_by(std::string_view owner, const Lease& lease) {
  std::vector<Message> messages;
  std::vector<sqlite::Unreadable> unshown;
  {
    auto rows = database_.read<Entry>(sql::kLeasedByKey, {owner, lease.turn, lease.key});
    while (auto entry = rows.next()) messages.push_back(std::move(entry->message));
    if (!rows.status()) return rows.status().error();
    unshown = rows.unreadable();
  }
  for (const auto& row : unshown)  // no answer holds it, so this turn must not settle it
    if (auto back = give_back(owner, lease.turn, row.number(), Returned::unhanded); !back) return back.error();
  return messages;
}

Result<Change> Mailboxes::put_back(std::string_view owner, const Held& held, Returned why) {
  const auto failed = held.failed + (why == Returned::failed ? 1 : 0);
  const Change change{held.id, failed >= limits_.failed_turns ? State::dead : State::queued};
  const int handed = why == Returned::unhanded ? 0 : 1;
  if (auto done = database_.run(sql::kReturn, {int(change.state), handed, failed, held.id}); !done) return done.error();
  counts_.moved(owner, held.sender, State::leased, change.state);
  return change;
}

Result<std::optional<Change>> Mailboxes::give_back(std::string_view owner, std::int64_t turn, std::int64_t id,
                                                   Returned why) {
  auto held = database_.first<Held>(sql::kOfLease, {id, owner, turn});
  if (!held) return held.error();
  if (!*held) return std::optional<Change>{};
  auto change = put_back(owner, **held, why);
  if (!change) return change.error();
  return std::optional<Change>(*change);
}

Result<Turn> Mailboxes::turn_of(std::string_view owner) {
  auto turn = database_.first<Turn>(sql::kTurn, {owner});
  if (!turn) return turn.error();
  return turn->value_or(Turn{});
}

Status Mailboxes::set_turn(std::string_view owner, const Turn& turn) {
  return database_.run(sql::kSetTurn, {owner}, turn);
}

Result<std::vector<Held>> Mailboxes::leases(std::string_view owner) {
  return database_.read<Held>(sql::kLeases, {owner}).all();
}

Result<std::vector<Change>> Mailboxes::settle_all(std::string_view owner, const std::vector<std::string>& unseen,
                                                  Time now) {
  auto held = leases(owner);
  if (!held) return held.error();
  std::vector<Change> changes;
  for (const auto& one : *held) {
    if (is_in(unseen, one.key)) {
      auto change = put_back(owner, one, Returned::unseen);
      if (!change) return change.error();
      changes.push_back(*change);
      continue;
    }
    if (auto settled = database_.run(sql::kSettle, {now, one.id}); !settled) return settled.error();
    counts_.moved(owner, one.sender, State::leased, State::settled);
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
    auto change = put_back(owner, one, why);
    if (!change) return change.error();
    changes.push_back(*change);
  }
  return changes;
}

}  // namespace hive::broker
