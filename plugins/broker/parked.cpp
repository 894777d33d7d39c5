#include "parked.hpp"

#include "reply_size.hpp"

#include <utility>

namespace hive::broker {

WaiterRef Parked::first(std::string_view owner) const {
  const auto found = parked_.find(owner);
  if (found == parked_.end()) return nullptr;
  for (const auto& waiter : found->second)
    if (waiter->may_take_more()) return waiter;
  return nullptr;
}

WaiterRef Parked::choose(std::string_view owner, std::size_t bytes) {
  auto waiter = first(owner);
  for (; waiter && !fits(waiter->bytes, bytes, kToolReplyBytes); waiter = first(owner)) waiter->full = true;
  return waiter;
}

void Parked::park(const WaiterRef& waiter) {
  waiter->place = Waiter::Place::parked;
  parked_[waiter->owner].push_back(waiter);
  newly_parked_.push_back(waiter);
}

void Parked::answer(const WaiterRef& waiter) {
  if (waiter->place == Waiter::Place::parked) move(waiter, Waiter::Place::answered);
}

void Parked::leave(const WaiterRef& waiter) {
  if (waiter->place != Waiter::Place::apart) move(waiter, Waiter::Place::apart);
}

void Parked::move(const WaiterRef& waiter, Waiter::Place place) {
  if (waiter->place == Waiter::Place::parked) moved_.push_back(waiter);
  waiter->place = place;
}

void Parked::end(const WaiterRef& waiter, const std::string& why) {
  if (waiter->place != Waiter::Place::parked) return;
  waiter->status = error(Code::conflict, "broker: recv of " + waiter->owner + " ended: " + why);
  move(waiter, Waiter::Place::answered);
}

void Parked::end_repeated(const std::string& owner, const std::string& key) {
  const auto found = parked_.find(owner);
  if (found == parked_.end()) return;
  for (const auto& waiter : found->second)
    if (waiter->key == key) end(waiter, "a later call repeated this one");
}

void Parked::end_all(const std::string& owner, const std::string& why) {
  const auto found = parked_.find(owner);
  if (found == parked_.end()) return;
  for (const auto& waiter : found->second) end(waiter, why);
}

std::vector<WaiterRef> Parked::commit() {
  std::vector<WaiterRef> answered;
  for (const auto& waiter : moved_) {
    std::erase(parked_[waiter->owner], waiter);
    if (std::exchange(waiter->place, Waiter::Place::apart) == Waiter::Place::answered) answered.push_back(waiter);
  }
  newly_parked_.clear(), moved_.clear();
  return answered;
}

void Parked::roll_back() {
  for (const auto& waiter : moved_) {
    waiter->place = Waiter::Place::parked;
    waiter->clear();
    waiter->status = {};
  }
  for (const auto& waiter : newly_parked_) {
    waiter->place = Waiter::Place::apart;
    std::erase(parked_[waiter->owner], waiter);
  }
  newly_parked_.clear(), moved_.clear();
}

}  // namespace hive::broker
