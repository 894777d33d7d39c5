#include "abandoned.hpp"

#include <algorithm>
#include <utility>

namespace hive::broker {

void Abandoned::add(const WaiterRef& waiter) {
  if (std::find(calls_.begin(), calls_.end(), waiter) == calls_.end()) calls_.push_back(waiter);
}

void Abandoned::note_repeat(const Waiter& waiter) {
  auto& repeated = repeated_[waiter.owner];
  if (repeated.turn != waiter.turn) repeated = {waiter.turn, {}};
  repeated.keys.insert(*waiter.key);
}

bool Abandoned::was_repeated(const Waiter& waiter) const {
  const auto found = repeated_.find(waiter.owner);
  return waiter.key && found != repeated_.end() && found->second.turn == waiter.turn &&
         found->second.keys.contains(*waiter.key);
}

Status Abandoned::return_leases(std::string_view owner) {
  for (const auto& waiter : calls_)
    if (waiter->owner == owner)
      if (auto done = return_leases_of(waiter); !done) return done;
  return {};
}

Status Abandoned::return_leases_of(const WaiterRef& waiter) {
  parked_.leave(waiter);
  if (std::exchange(waiter->is_returned, true) || was_repeated(*waiter)) return {};
  std::vector<Change> changes;
  for (const auto id : waiter->leased) {
    auto change = leases_.return_one(waiter->owner, waiter->turn, id);
    if (!change) return group_.broken(change.error());
    if (*change) changes.push_back(**change);
  }
  group_.tell(waiter->owner, changes);
  return {};
}

void Abandoned::commit() {
  for (const auto& waiter : calls_)
    if (waiter->is_returned) waiter->leased.clear();
  std::erase_if(calls_, [](const WaiterRef& waiter) { return waiter->is_returned; });
}

void Abandoned::roll_back() {
  for (const auto& waiter : calls_) waiter->is_returned = false;
}

}  // namespace hive::broker
