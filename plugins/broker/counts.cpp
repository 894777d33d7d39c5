#include "counts.hpp"

#include "party.hpp"
#include "queries.hpp"

namespace hive::broker {
namespace {

/// Messages; a start counts at most about so many again.
constexpr std::int64_t kWorthSaving = 5'000;

Error busy(const std::string& found, const std::string& hope) {
  return error(Code::busy, "broker: " + found + "; nothing was sent, try again when " + hope);
}

/// Value of a key that may be text or a view.
template <class Map>
auto& at(Map& map, std::string_view key) {
  const auto found = map.find(key);
  return found != map.end() ? found->second : map[std::string(key)];
}

}  // namespace

Status Counts::load(sqlite::Database& database) {
  if (auto loaded = load_waiting(database); !loaded) return loaded;
  return load_tallies(database);
}

Status Counts::load_waiting(sqlite::Database& database) {
  waiting_.clear();
  auto dead = database.integer(sql::kDeadTotal);
  if (!dead) return dead.error();
  dead_ = dead->value_or(0);
  auto rows = database.read<WaitingOf>(sql::kWaiting);
  while (auto one = rows.next()) count(one->owner, one->sender, one->state, one->count);
  return rows.status();
}

Status Counts::load_tallies(sqlite::Database& database) {
  tallies_.clear();
  auto marks = database.first<Marks>(sql::kMarks);
  if (!marks) return marks.error();
  if (*marks) saved_ = (*marks)->saved, read_ = (*marks)->read;
  auto saved = database.read<Stored>(sql::kSavedTallies);
  while (auto stored = saved.next())
    tally(stored->sender) = {.messages = stored->messages, .bytes = stored->bytes, .unread = stored->unread};
  if (!saved.status()) return saved.status();
  auto rows = database.read<Counted>(sql::kStoredAfter, {saved_});
  while (auto message = rows.next()) store(*message, 1);
  return rows.status();
}

std::int64_t Counts::queued(std::string_view owner) const {
  const auto found = waiting_.find(owner);
  return found == waiting_.end() ? 0 : found->second.queued;
}

Counts::Tally& Counts::tally(std::string_view sender) {
  return at(tallies_, sender);
}

void Counts::count(std::string_view owner, std::string_view sender, State state, std::int64_t by) {
  if (state == State::dead) dead_ += by;
  if (state != State::queued && state != State::leased) return;
  auto& there = at(waiting_, owner);
  (state == State::queued ? there.queued : there.leased) += by;
  auto& of_sender = at(there.of, sender);
  of_sender += by;
  if (of_sender == 0) there.of.erase(there.of.find(sender));
}

/// Into the tally of its sender, or out of it.
void Counts::store(const Counted& message, std::int64_t by) {
  auto& one = tally(message.sender);
  one.messages += by, one.bytes += by * (message.text_bytes + kRowBytes);
  if (message.owner == kOperator && message.id > read_) one.unread += by;
}

void Counts::added(const Counted& message, State state) {
  count(message.owner, message.sender, state, 1);
  store(message, 1);
}

void Counts::moved(std::string_view owner, std::string_view sender, State from, State to) {
  count(owner, sender, from, -1);
  count(owner, sender, to, 1);
}

void Counts::removed(const Counted& message, State state, std::int64_t since) {
  count(message.owner, message.sender, state, -1);
  if (message.id > since) store(message, -1);
}

void Counts::read_up_to(std::int64_t id, const std::map<std::string, std::int64_t>& left) {
  read_ = id;
  for (auto& [sender, one] : tallies_) one.unread = 0;
  for (const auto& [sender, count] : left) tally(sender).unread = count;
}

Status Counts::admits(std::string_view sender, std::int64_t text_bytes, const std::vector<std::string>& owners) const {
  const auto copies = std::int64_t(owners.size());
  if (auto allowed = budget_allows(sender, copies, copies * (text_bytes + kRowBytes)); !allowed) return allowed;
  for (const auto& owner : owners) {
    auto allowed = owner == kOperator ? inbox_allows(sender) : mailbox_allows(sender, owner);
    if (!allowed) return allowed;
  }
  return {};
}

Status Counts::budget_allows(std::string_view sender, std::int64_t messages, std::int64_t bytes) const {
  const auto found = tallies_.find(sender);
  if (found == tallies_.end() || sender == kOperator || sender == kSystem) return {};
  const auto days = std::to_string(limits_.kept_ms / kDayMs) + " days after they were settled";
  const std::string hope = "some are gone, which they are " + days;
  if (found->second.messages + messages > limits_.stored_messages)
    return busy("you have " + std::to_string(found->second.messages) + " messages stored, and one sender may have " +
                    std::to_string(limits_.stored_messages),
                hope);
  if (found->second.bytes + bytes > limits_.stored_bytes)
    return busy("your messages take " + std::to_string(found->second.bytes >> 20) +
                    " MiB, and those of one sender may take " + std::to_string(limits_.stored_bytes >> 20),
                hope);
  return {};
}

/// How far `sender` may fill a mailbox, and for whom the rest is kept.
std::pair<std::int64_t, std::string> Counts::part_of(std::string_view sender) const {
  if (sender == kOperator) return {limits_.undelivered, ""};
  if (sender == kSystem) return {limits_.undelivered_of_system, "; the rest is kept for the operator"};
  if (sender == kManager) return {limits_.undelivered_of_manager, "; the rest is kept for the operator and the system"};
  return {limits_.undelivered_of_agents, "; the rest is kept for the operator, the system and the manager"};
}

Status Counts::mailbox_allows(std::string_view sender, std::string_view owner) const {
  const auto found = waiting_.find(owner);
  if (found == waiting_.end()) return {};
  const auto& there = found->second;
  const std::string wait = " wait for " + std::string(owner), hope = std::string(owner) + " has read some";
  const auto own = there.of.find(sender);
  if (is_agent(sender) && own != there.of.end() && own->second >= limits_.share)
    return busy(std::to_string(own->second) + " messages of yours" + wait + ", as many as one agent may have there",
                hope);
  const auto [most, kept] = part_of(sender);
  if (there.all() < most) return {};
  return busy(std::to_string(there.all()) + " messages" + wait + ", and you may fill the mailbox up to " +
                  std::to_string(most) + kept,
              hope);
}

Status Counts::inbox_allows(std::string_view sender) const {
  const auto found = tallies_.find(sender);
  if (sender == kOperator || found == tallies_.end() || found->second.unread < limits_.unread) return {};
  return busy("the operator has not read your last " + std::to_string(found->second.unread) +
                  " messages, as many as one sender may have there",
              "the operator has looked at the inbox");
}

bool Counts::is_due(std::int64_t last_id) const {
  return last_id - saved_ >= kWorthSaving;
}

Status Counts::save(sqlite::Database& database, std::int64_t last_id) {
  if (auto done = database.run(sql::kDropTallies); !done) return done;
  for (const auto& [sender, one] : tallies_)
    if (auto done = database.run(sql::kSaveTally, Stored{sender, one.messages, one.bytes, one.unread}); !done)
      return done;
  if (auto done = database.run(sql::kSaveMarks, Marks{last_id, read_}); !done) return done;
  saved_ = last_id;
  return {};
}

}  // namespace hive::broker
