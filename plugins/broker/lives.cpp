#include "lives.hpp"

#include "queries.hpp"

namespace hive::broker {

Status Lives::load() {
  lives_.clear();
  auto rows = database_.read<NamedLife>(sql::kLives);
  while (auto one = rows.next()) lives_[one->name] = std::move(one->life);
  return rows.status();
}

Life Lives::of(std::string_view name) const {
  const auto found = lives_.find(name);
  return found == lives_.end() ? Life{} : found->second;
}

Status Lives::is_current(const Party& party) const {
  const auto found = lives_.find(party.name);
  if (!party.incarnation || found == lives_.end() || found->second.incarnation == party.incarnation) return {};
  return error(Code::conflict, "broker: the agent " + party.name +
                                   " was purged while the request was on its way; nothing was done, ask again if "
                                   "another one of that name is meant");
}

Result<std::optional<std::vector<Change>>> Lives::begin(const Party& party, Time now) {
  std::optional<std::vector<Change>> changes;
  const auto found = lives_.find(party.name);
  const bool is_known = found != lives_.end();
  if (is_known && found->second.incarnation == party.incarnation) return changes;
  changes.emplace();
  // Whose mail was not told apart before is the first that is heard of; after a purge the name stood for nobody.
  const bool is_first = party.incarnation && (!is_known || !found->second.incarnation);
  if (!is_first) {
    auto ended = end(party.name, now);
    if (!ended) return ended.error();
    changes = std::move(*ended);
  }
  auto life = of(party.name);
  if (!is_first) ++life.number, life.since = messages_.last_id();
  life.incarnation = party.incarnation;
  if (auto set = database_.run(sql::kSetLife, NamedLife{party.name, life}); !set) return set.error();
  lives_[party.name] = std::move(life);
  return changes;
}

Result<std::vector<Change>> Lives::end(const std::string& name, Time now) {
  auto changes = messages_.give_up_all(name, now);
  if (!changes) return changes.error();
  auto turn = leases_.read_turn(name);
  if (!turn) return turn.error();
  // Its number stays, so that no turn of the next one is taken for one of this.
  if (turn->number != 0)
    if (auto set = leases_.set_turn(name, {turn->number, false}); !set) return set.error();
  if (auto done = messages_.forget(name); !done) return done.error();
  return changes;
}

Result<std::vector<Party>> Lives::parties() {
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
