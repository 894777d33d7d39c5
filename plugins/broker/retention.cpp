#include "mailboxes.hpp"
#include "queries.hpp"

// Mailboxes: what is kept, what is given up and what is gone.
namespace hive::broker {
namespace {

constexpr std::int64_t kStep = 500;

Error not_dead(std::int64_t id, State state) {
  return error(Code::conflict, "broker: message " + std::to_string(id) + " is " + std::string(name_of(state)) +
                                   "; only a dead letter can be queued again");
}
Error was_purged(std::int64_t id, const std::string& owner) {
  return error(Code::conflict, "broker: message " + std::to_string(id) + " was for an agent " + owner +
                                   " that was purged; send it anew to whoever should have it");
}

}  // namespace

Status Mailboxes::queue_again(std::int64_t id, std::string_view owner, std::string_view sender) {
  if (auto done = database_.run(sql::kReturn, {int(State::queued), 1, 0, id}); !done) return done;
  counts_.moved(owner, sender, State::dead, State::queued);
  return {};
}

Result<std::string> Mailboxes::requeue(std::int64_t id) {
  auto found = database_.first<Standing>(sql::kStateOf, {id});
  if (!found) return found.error();
  if (!*found) return error(Code::not_found, "broker: there is no message " + std::to_string(id));
  auto& message = **found;
  if (message.state != State::dead) return not_dead(id, message.state);
  if (id <= life_of(message.owner).since) return was_purged(id, message.owner);
  if (auto done = queue_again(id, message.owner, message.sender); !done) return done.error();
  return std::move(message.owner);
}

Result<std::vector<Mailboxes::DeadLetter>> Mailboxes::requeue_some(const std::optional<std::string>& of) {
  auto letters = database_.read<DeadLetter>(sql::kCanBeRequeued, {of, kStep}).all();
  if (!letters) return letters.error();
  for (const auto& letter : *letters)
    if (auto done = queue_again(letter.id, letter.owner, letter.sender); !done) return done.error();
  return letters;
}

Status Mailboxes::read_up_to(std::int64_t id) {
  if (id <= counts_.read()) return {};
  std::map<std::string, std::int64_t> left;
  {
    auto rows = database_.read<Unread>(sql::kUnreadAfter, {id});
    while (auto unread = rows.next()) left.emplace(unread->sender, unread->count);
    if (!rows.status()) return rows.status();
  }
  counts_.read_up_to(id, left);
  return counts_.save(database_, last_id_);
}

/// A row that goes.
struct Mailboxes::Old {
  Removed row;
  State state;
  std::int64_t bytes;
};

/// What goes of the ids after `from`. Keys that are forgotten are, at once.
Result<std::vector<Mailboxes::Old>> Mailboxes::read_old(std::int64_t from, Time now, Swept& swept) {
  const Time oldest{now.ms - limits_.kept_ms};
  std::vector<Old> gone;
  std::vector<std::int64_t> keys;
  {
    std::int64_t seen = 0;
    bool ends = true;  // all of them are younger, by a clock that can be right
    auto rows = database_.read<Kept>(sql::kSweepRange, {from, kStep});
    while (auto one = rows.next()) {
      ++seen;
      swept.next = one->id;
      if (one->sent_at < oldest || one->sent_at > now) ends = false;
      if (one->sent_at >= oldest) continue;
      const bool over = one->state == State::settled || one->state == State::dead;
      // The last id stays, so that no id is given out twice.
      if (over && one->settled_at && *one->settled_at < oldest && one->id != last_id_)
        gone.push_back({{one->id, std::string(one->owner), std::string(one->sender)}, one->state, one->bytes});
      else if (one->has_key)
        keys.push_back(one->id);
    }
    for (const auto& row : rows.unreadable()) {
      ++seen, ends = false;
      swept.next = std::max(swept.next, row.number());
    }
    if (!rows.status()) return rows.status().error();
    if (ends || seen < kStep) swept.next = 0;
  }
  for (const auto id : keys)
    if (auto done = database_.run(sql::kDropKey, {id}); !done) return done.error();
  return gone;
}

Result<Mailboxes::Swept> Mailboxes::sweep(std::int64_t from, Time now) {
  Swept swept;
  auto gone = read_old(from, now, swept);
  if (!gone) return gone.error();
  for (auto& [row, state, bytes] : *gone) {
    if (auto done = database_.run(sql::kRemove, {row.id}); !done) return done.error();
    counts_.removed({.owner = row.owner, .sender = row.sender, .id = row.id, .bytes = bytes}, state,
                    life_of(row.sender).since);
    swept.removed.push_back(std::move(row));
  }
  if (!gone->empty())
    if (auto saved = counts_.save(database_, last_id_); !saved) return saved.error();
  return swept;
}

}  // namespace hive::broker
