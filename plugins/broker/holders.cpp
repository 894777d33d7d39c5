#include "holders.hpp"

#include <utility>

namespace hive::broker {

void Holders::start(const std::vector<Party>& known) {
  for (const auto& party : known) holders_[party.name] = party.incarnation.value_or("");
}

Party Holders::party(const std::string& name) const {
  const auto found = holders_.find(name);
  if (found == holders_.end() || found->second.empty()) return name;
  return {name, found->second};
}

void Holders::hold(const std::string& name, const std::string& incarnation) {
  if (incarnation.empty()) return;
  auto& known = holders_[name];
  if (std::exchange(known, incarnation) != incarnation) heard_({name, incarnation});
}

void Holders::release(const std::string& name, const std::string& incarnation) {
  const auto found = holders_.find(name);
  if (found == holders_.end() || found->second != incarnation) return;
  holders_.erase(found);
  heard_(name);
}

void Holders::judge(const Living& living) {
  for (const auto& [name, incarnation] : living) hold(name, incarnation);
  std::vector<std::string> purged;
  for (const auto& [name, incarnation] : holders_)
    // The manager's mailbox is there before the first manager is.
    if (living.find(name) == living.end() && (!incarnation.empty() || is_agent(name))) purged.push_back(name);
  for (const auto& name : purged) {
    holders_.erase(name);
    heard_(name);
  }
}

}  // namespace hive::broker
