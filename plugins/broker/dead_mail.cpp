#include "dead_mail.hpp"

#include "queries.hpp"
#include "read_each.hpp"

namespace hive::broker {
namespace {

constexpr std::int64_t kStep = 500;

Error not_dead(std::int64_t id, State state) {
  return error(Code::conflict, "broker: message " + std::to_string(id) + " is " + std::string(name_of(state)) +
                                   "; only a dead letter can be queued again");
}
Error unreadable(const Unreadable& row) {
  return error(Code::conflict, "broker: message " + row.id + " cannot be read (" + row.why +
                                   "); mend its row in broker.sqlite while the host is stopped");
}
Error was_purged(const DeadLetter& letter) {
  return error(Code::conflict, "broker: message " + std::to_string(letter.id) + " was for an agent " + letter.owner +
                                   " that was purged; send it anew to whoever should have it");
}

}  // namespace

Result<DeadLetter> DeadMail::requeue(std::int64_t id) {
  std::optional<Standing> found;
  const auto take = [&](Standing& row) { return found = std::move(row), false; };
  const auto read = read_each(database_.read<Standing>(sql::kStateOf, {id}), take);
  if (!read) return read.error();
  if (!read->left_out.empty()) return unreadable(read->left_out.front());
  if (!found) return error(Code::not_found, "broker: there is no message " + std::to_string(id));
  if (found->state != State::dead) return not_dead(id, found->state);
  DeadLetter letter{id, std::move(found->owner), std::move(found->sender)};
  if (id <= lives_.of(letter.owner).since) return was_purged(letter);
  if (auto done = queue(letter); !done) return done.error();
  return letter;
}

Result<std::vector<DeadLetter>> DeadMail::requeue_some(const std::optional<std::string>& of) {
  auto letters = database_.read<DeadLetter>(sql::kCanBeRequeued, {of, kStep}).all();
  if (!letters) return letters.error();
  for (const auto& letter : *letters)
    if (auto done = queue(letter); !done) return done.error();
  return letters;
}

Status DeadMail::queue(const DeadLetter& letter) {
  const Messages::Move move{letter.id, letter.owner, letter.sender, State::dead, State::queued};
  return messages_.move(move, sql::kReturn, {int(State::queued), 1, 0, letter.id});
}

}  // namespace hive::broker
