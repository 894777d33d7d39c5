#include "mailboxes.hpp"
#include "queries.hpp"

// Mailboxes: whose a name is. Ids grow, so an incarnation's mail is what has ids above the last one of the time
// before it.
namespace hive::broker {

Status Mailboxes::load_lives() {
  lives_.clear();
  auto rows = database_.read<NamedLife>(sql::kLives);
  while (auto one = rows.next()) lives_[one->name] = std::move(one->life);
  return rows.status();
}

Life Mailboxes::life_of(std::string_view name) const {
  const auto found = lives_.find(name);
  return found == lives_.end() ? Life{} : found->second;
}

Status Mailboxes::is_current(const Party& party) const {
  const auto found = lives_.find(party.name);
  if (!party.incarnation || found == lives_.end() || found->second.incarnation == party.incarnation) return {};
  return error(Code::conflict, "broker: the agent " + party.name +
                                   " was purged while the request was on its way; nothing was done, ask again if "
                                   "another one of that name is meant");
}

Result<std::optional<std::vector<Change>>> Mailboxes::begin_life(const Party& party, Time now) {
  std::optional<std::vector<Change>> changes;
  const auto found = lives_.find(party.name);
  const bool is_known = found != lives_.end();
  if (is_known && found->second.incarnation == party.incarnation) return changes;
  changes.emplace();
  // Whose mail was not told apart before is the first that is heard of; after a purge the name stood for nobody.
  const bool is_first = party.incarnation && (!is_known || !found->second.incarnation);
  if (!is_first) {
    auto ended = end_life(party.name, now);
    if (!ended) return ended.error();
    changes = std::move(*ended);
  }
  auto life = life_of(party.name);
  if (!is_first) ++life.number, life.since = last_id_;
  life.incarnation = party.incarnation;
  if (auto set = database_.run(sql::kSetLife, NamedLife{party.name, life}); !set) return set.error();
  lives_[party.name] = std::move(life);
  return changes;
}

Result<std::vector<Change>> Mailboxes::end_life(const std::string& name, Time now) {
  std::vector<Change> changes;
  {
    auto rows = database_.read<Standing>(sql::kWaitingOf, {name});
    while (auto one = rows.next()) {
      changes.push_back({one->id, State::dead});
      counts_.moved(name, one->sender, one->state, State::dead);
    }
    if (!rows.status()) return rows.status().error();
  }
  if (auto done = database_.run(sql::kPurgeWaiting, {name}); !done) return done.error();
  if (auto done = database_.run(sql::kDatePurged, {now, name}); !done) return done.error();
  auto turn = turn_of(name);
  if (!turn) return turn.error();
  // Its number stays, so that no turn of the next one is taken for one of this.
  if (turn->number != 0)
    if (auto set = set_turn(name, {turn->number, false}); !set) return set.error();
  counts_.forget(name);
  if (auto saved = counts_.save(database_, last_id_); !saved) return saved.error();
  return changes;
}

Result<std::vector<Party>> Mailboxes::parties() {
  std::vector<Party> out;
  out.reserve(lives_.size());
  for (const auto& [name, life] : lives_) out.emplace_back(name, life.incarnation);
  auto rows = database_.read<std::string>(sql::kPartiesWithMail);
  while (auto name = rows.next())
    if (lives_.find(*name) == lives_.end()) out.emplace_back(std::move(*name));
  if (!rows.status()) return rows.status().error();
  return out;
}

}  // namespace hive::broker
