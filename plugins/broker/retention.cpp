#include "retention.hpp"

#include "queries.hpp"
#include "read_each.hpp"

namespace hive::broker {
namespace {

constexpr std::int64_t kStep = 500;

}  // namespace

/// What a step has found in its ids.
struct Retention::Found {
  struct Old {
    Removed row;
    State state;
    std::int64_t text_bytes;
  };
  std::vector<Old> old;
  std::vector<std::int64_t> keys;  // of messages that stay
  std::int64_t next = 0;
};

Result<Retention::Found> Retention::read(const Range& range) {
  Found found;
  bool ends = true;  // all of them are younger, by a clock that can be right
  const auto look = [&](const Kept& one) {
    const auto& [id, owner, sender, text_bytes] = one.message;
    if (one.sent_at < range.oldest || one.sent_at > range.now) ends = false;
    if (one.sent_at >= range.oldest) return true;
    const bool over = one.state == State::settled || one.state == State::dead;
    // The last id stays, so that no id is given out twice.
    if (over && one.settled_at && *one.settled_at < range.oldest && id != messages_.last_id())
      found.old.push_back({{id, std::string(owner), std::string(sender)}, one.state, text_bytes});
    else if (one.has_key)
      found.keys.push_back(id);
    return true;
  };
  const auto read = read_each(database_.read<Kept>(sql::kSweepRange, {range.from, kStep}), look);
  if (!read) return read.error();
  const bool is_last = (ends && read->left_out.empty()) || read->rows < kStep;
  found.next = is_last ? 0 : read->highest;
  return found;
}

Result<Retention::Swept> Retention::sweep(const Range& range) {
  auto found = read(range);
  if (!found) return found.error();
  for (const auto id : found->keys)
    if (auto done = database_.run(sql::kDropKey, {id}); !done) return done.error();
  Swept swept{.next = found->next, .removed = {}};
  for (auto& [row, state, text_bytes] : found->old) {
    const Counted counted{.id = row.id, .owner = row.owner, .sender = row.sender, .text_bytes = text_bytes};
    if (auto done = messages_.remove(counted, state, lives_.of(row.sender).since); !done) return done.error();
    swept.removed.push_back(std::move(row));
  }
  if (!swept.removed.empty())
    if (auto saved = messages_.save_counts(); !saved) return saved.error();
  return swept;
}

}  // namespace hive::broker
