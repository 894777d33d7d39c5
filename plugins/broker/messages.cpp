#include "messages.hpp"

#include "queries.hpp"

namespace hive::broker {

Status Messages::load() {
  auto last = database_.integer(sql::kLastId);
  if (!last) return last.error();
  last_id_ = last->value_or(0);
  return counts_.load(database_);
}

Status Messages::add(NewMessage& message) {
  message.id = last_id_ + 1;
  if (auto added = database_.run(sql::kAdd, message); !added) return added;
  last_id_ = message.id;
  const auto text_bytes = std::int64_t(message.body.size() + message.file.value_or("").size());
  counts_.added({.id = message.id, .owner = message.owner, .sender = message.sender, .text_bytes = text_bytes},
                message.state);
  return {};
}

Status Messages::move(const Move& move, std::string_view sql, std::initializer_list<sqlite::Value> values) {
  if (auto done = database_.run(sql, values); !done) return done;
  counts_.moved(move.owner, move.sender, move.from, move.to);
  return {};
}

Result<std::vector<Change>> Messages::give_up_all(const std::string& owner, Time now) {
  auto waiting = database_.read<Standing>(sql::kWaitingOf, {owner}).all();
  if (!waiting) return waiting.error();
  if (auto done = database_.run(sql::kPurgeWaiting, {owner}); !done) return done.error();
  if (auto done = database_.run(sql::kDatePurged, {now, owner}); !done) return done.error();
  std::vector<Change> changes;
  for (const auto& one : *waiting) {
    counts_.moved(owner, one.sender, one.state, State::dead);
    changes.push_back({one.id, State::dead});
  }
  return changes;
}

Status Messages::remove(const Counted& message, State state, std::int64_t since) {
  if (auto done = database_.run(sql::kRemove, {message.id}); !done) return done;
  counts_.removed(message, state, since);
  return {};
}

Status Messages::read_up_to(std::int64_t id) {
  if (id <= counts_.read()) return {};
  std::map<std::string, std::int64_t> left;
  {
    auto rows = database_.read<Unread>(sql::kUnreadAfter, {id});
    while (auto unread = rows.next()) left.emplace(unread->sender, unread->count);
    if (!rows.status()) return rows.status();
  }
  counts_.read_up_to(id, left);
  return save_counts();
}

Status Messages::forget(const std::string& sender) {
  counts_.forget(sender);
  return save_counts();
}

}  // namespace hive::broker
