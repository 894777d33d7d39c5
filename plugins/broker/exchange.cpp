#include "exchange.hpp"

#include "row.hpp"

#include <hive/sdk/crash_point.hpp>

#include <algorithm>

namespace hive::broker {
namespace {

Happening::What what_of(State state) {
  switch (state) {
    case State::settled: return Happening::What::settled;
    case State::dead: return Happening::What::dead;
    default: return Happening::What::returned;
  }
}

std::string full(const std::string& owner) {
  return "broker: the mailbox of " + owner + " is full; nothing was sent, try again when it has read some";
}

}  // namespace

Error Exchange::broken(const Error& failure) {
  sound_ = failure;
  return failure;
}

Result<std::int64_t> Exchange::send(const Draft& draft, const std::vector<std::string>& owners) {
  auto before = sent_before(draft);
  if (!before) return before.error();
  if (*before) return **before;
  for (const auto& owner : owners)
    if (!mailboxes_.has_room(owner)) return error(Code::busy, full(owner));
  const auto first = outcome_.happened.size();
  Draft next = draft;
  for (const auto& owner : owners) {
    if (auto delivered = deliver(next, owner); !delivered) return delivered.error();
    next.key.reset();  // one row carries it; the others were stored with that one or not at all
  }
  crash_point("broker.send.stored");
  return outcome_.happened[first].id;
}

Result<std::optional<std::int64_t>> Exchange::sent_before(const Draft& draft) {
  if (!draft.key) return std::optional<std::int64_t>{};
  auto before = mailboxes_.sent_before(draft.sender, *draft.key);
  if (!before) return broken(before.error());
  return before;
}

Status Exchange::deliver(const Draft& draft, const std::string& owner) {
  const auto waiter = mailboxes_.queued(owner) == 0 ? parked_for(draft, owner) : nullptr;
  Lease lease;
  if (waiter) lease = {waiter->turn, waiter->key};
  auto message = mailboxes_.add(draft, owner, waiter ? &lease : nullptr);
  if (!message) return broken(message.error());
  outcome_.happened.push_back({Happening::What::sent, message->id, owner, *message});
  if (waiter) give(waiter, std::move(*message));
  return {};
}

WaiterRef Exchange::parked_for(std::string_view owner) {
  const auto found = parked_.find(owner);
  if (found == parked_.end()) return nullptr;
  for (const auto& waiter : found->second) {
    const bool waits = waiter->place != Waiter::Place::apart && waiter->ended.has_value();
    if (waits && !waiter->full && std::int64_t(waiter->messages.size()) < waiter->most) return waiter;
  }
  return nullptr;
}

WaiterRef Exchange::parked_for(const Draft& draft, const std::string& owner) {
  auto waiter = parked_for(owner);
  if (!waiter) return waiter;
  const auto bytes = wire_bytes(Mailboxes::message_of(draft, owner));
  for (; waiter && !fits(waiter->bytes, bytes); waiter = parked_for(owner)) waiter->full = true;
  return waiter;
}

void Exchange::empty(Waiter& waiter) {
  waiter.messages.clear(), waiter.leased.clear();
  waiter.bytes = 0, waiter.full = false;
}

void Exchange::give(const WaiterRef& waiter, Message message) {
  outcome_.happened.push_back({Happening::What::delivered, message.id, waiter->owner});
  waiter->leased.push_back(message.id);
  waiter->bytes += wire_bytes(message);
  waiter->messages.push_back(std::move(message));
  if (waiter->place == Waiter::Place::parked) move(waiter, Waiter::Place::answered);
}

void Exchange::move(const WaiterRef& waiter, Waiter::Place place) {
  if (waiter->place == Waiter::Place::parked) moved_.push_back(waiter);
  waiter->place = place;
}

Status Exchange::serve(const std::string& owner) {
  while (mailboxes_.queued(owner) > 0) {
    const auto waiter = parked_for(owner);
    if (!waiter) return {};
    const Lease lease{waiter->turn, waiter->key};
    const auto most = waiter->most - std::int64_t(waiter->messages.size());
    auto messages = mailboxes_.lease(owner, lease, {most, waiter->bytes});
    if (!messages) return broken(messages.error());
    if (messages->empty()) waiter->full = true;
    for (auto& message : *messages) give(waiter, std::move(message));
  }
  return {};
}

Result<Exchange::Taken> Exchange::recv(const WaiterRef& waiter, Park park) {
  auto turn = mailboxes_.turn_of(waiter->owner);
  if (!turn) return broken(turn.error());
  if (!turn->open)
    return error(Code::conflict, "broker: " + waiter->owner + " has no open turn; call broker.turn_begin first");
  empty(*waiter);
  waiter->turn = turn->number;
  const Lease lease{turn->number, waiter->key};
  if (waiter->key) {
    for (const auto& other : parked_[waiter->owner])
      if (other->key == waiter->key) end(other, "a later call repeated this one");
    auto again = mailboxes_.leased_by(waiter->owner, lease);
    if (!again) return broken(again.error());
    auto& repeated = repeated_[waiter->owner];
    if (repeated.turn != turn->number) repeated = {turn->number, {}};
    if (!again->empty()) repeated.keys.insert(*waiter->key);
    waiter->messages = std::move(*again);
  }
  if (waiter->messages.empty()) {
    auto taken = mailboxes_.lease(waiter->owner, lease, {waiter->most});
    if (!taken) return broken(taken.error());
    for (auto& message : *taken) give(waiter, std::move(message));
  }
  waiter->waiting = mailboxes_.queued(waiter->owner);
  if (!waiter->messages.empty() || park == Park::refused) return Taken::answered;
  waiter->place = Waiter::Place::parked;
  parked_[waiter->owner].push_back(waiter);
  newly_parked_.push_back(waiter);
  return Taken::parked;
}

Status Exchange::leave(const WaiterRef& waiter) {
  if (waiter->place == Waiter::Place::parked) move(waiter, Waiter::Place::apart);
  return {};
}

Status Exchange::abandon(const WaiterRef& waiter) {
  if (waiter->place != Waiter::Place::apart) move(waiter, Waiter::Place::apart);
  const auto& repeated = repeated_[waiter->owner];
  if (waiter->key && repeated.turn == waiter->turn && repeated.keys.count(*waiter->key) != 0) return {};
  std::vector<Change> changes;
  for (const auto id : waiter->leased) {
    auto back = mailboxes_.give_back(waiter->owner, waiter->turn, id, Returned::unhanded);
    if (!back) return broken(back.error());
    if (*back) changes.push_back(**back);
  }
  note(waiter->owner, changes);
  return serve(waiter->owner);
}

void Exchange::end(const WaiterRef& waiter, const std::string& why) {
  if (waiter->place != Waiter::Place::parked) return;
  waiter->ended = error(Code::conflict, "broker: recv of " + waiter->owner + " ended: " + why);
  move(waiter, Waiter::Place::answered);
}

void Exchange::end_all(const std::string& owner, const std::string& why) {
  const auto found = parked_.find(owner);
  if (found == parked_.end()) return;
  for (const auto& waiter : found->second) end(waiter, why);
}

void Exchange::note(std::string_view owner, const std::vector<Change>& changes) {
  for (const auto& change : changes)
    outcome_.happened.push_back({what_of(change.state), change.id, std::string(owner)});
}

Result<TurnBegun> Exchange::turn_begin(const std::string& owner) {
  auto turn = mailboxes_.turn_of(owner);
  if (!turn) return broken(turn.error());
  TurnBegun begun{turn->number + 1, 0};
  if (turn->open) {
    auto changes = mailboxes_.return_all(owner, {});
    if (!changes) return broken(changes.error());
    begun.returned = std::count_if(changes->begin(), changes->end(),
                                   [](const Change& change) { return change.state == State::queued; });
    note(owner, *changes);
    end_all(owner, "a new turn began");
  }
  if (auto set = mailboxes_.set_turn(owner, {begun.turn, true}); !set) return broken(set.error());
  crash_point("broker.turn_begin.stored");
  return begun;
}

Status Exchange::turn_end(const std::string& owner, const TurnEnd& ended, Time now) {
  auto turn = mailboxes_.turn_of(owner);
  if (!turn) return broken(turn.error());
  if (ended.turn > turn->number)
    return error(Code::not_found, "broker: " + owner + " has had no turn " + std::to_string(ended.turn) +
                                      "; its last one is " + std::to_string(turn->number));
  if (ended.turn < turn->number || !turn->open) return {};  // a repeat
  auto changes =
      ended.ok ? mailboxes_.settle_all(owner, ended.unseen, now) : mailboxes_.return_all(owner, ended.unseen);
  if (!changes) return broken(changes.error());
  note(owner, *changes);
  end_all(owner, "its turn has ended");
  if (auto set = mailboxes_.set_turn(owner, {turn->number, false}); !set) return broken(set.error());
  crash_point("broker.turn_end.stored");
  return {};
}

Status Exchange::requeue(std::int64_t id) {
  auto owner = mailboxes_.requeue(id);
  if (!owner) {
    const bool own = owner.error().code == Code::not_found || owner.error().code == Code::conflict;
    return own ? owner.error() : broken(owner.error());
  }
  outcome_.happened.push_back({Happening::What::returned, id, *owner});
  return serve(*owner);
}

Result<Mailboxes::Swept> Exchange::sweep(std::int64_t from, Time now) {
  auto swept = mailboxes_.sweep(from, now);
  if (!swept) return broken(swept.error());
  return swept;
}

Status Exchange::begin() {
  return mailboxes_.begin();
}

Result<Outcome> Exchange::commit() {
  if (auto committed = mailboxes_.commit(); !committed) return committed.error();
  for (const auto& waiter : moved_) {
    std::erase(parked_[waiter->owner], waiter);
    if (waiter->place != Waiter::Place::answered) continue;
    waiter->place = Waiter::Place::apart;
    waiter->waiting = mailboxes_.queued(waiter->owner);
    outcome_.answered.push_back(waiter);
  }
  newly_parked_.clear(), moved_.clear();
  return std::exchange(outcome_, {});
}

void Exchange::roll_back() {
  for (const auto& waiter : moved_) {
    waiter->place = Waiter::Place::parked;
    empty(*waiter);
    waiter->ended = {};
  }
  for (const auto& waiter : newly_parked_) {
    waiter->place = Waiter::Place::apart;
    std::erase(parked_[waiter->owner], waiter);
  }
  newly_parked_.clear(), moved_.clear();
  outcome_ = {};
  sound_ = {};
  mailboxes_.roll_back();
}

}  // namespace hive::broker
