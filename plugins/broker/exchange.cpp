#include "exchange.hpp"

#include "reply_size.hpp"

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

}  // namespace

Error Exchange::broken(const Error& failure) {
  sound_ = failure;
  return failure;
}

Result<std::int64_t> Exchange::send(const Draft& draft, const std::vector<Party>& owners) {
  auto before = sent_before(draft);
  if (!before) return before.error();
  if (*before) return **before;
  if (auto admitted = admits(draft, owners); !admitted) return admitted.error();
  const auto first = outcome_.happened.size();
  Draft next = draft;
  for (const auto& owner : owners) {
    if (auto delivered = deliver(next, owner.name); !delivered) return delivered.error();
    next.key.reset();  // one row carries it; the others were stored with that one or not at all
  }
  crash_point("broker.send.stored");
  return outcome_.happened[first].id;
}

Status Exchange::admits(const Draft& draft, const std::vector<Party>& owners) {
  const auto& sender = draft.sender;
  std::vector<std::string> names;
  for (const auto& owner : owners) {
    if (auto current = mailboxes_.is_current(owner); !current) return current;
    names.push_back(owner.name);
  }
  if (is_agent(sender.name))
    if (auto room = space_.look(); !room) return room;
  return mailboxes_.counts().admits(sender.name, draft.bytes(), names);
}

Result<std::optional<std::int64_t>> Exchange::sent_before(const Draft& draft) {
  if (auto current = mailboxes_.is_current(draft.sender); !current) return current.error();
  if (!draft.key) return std::optional<std::int64_t>{};
  auto before = mailboxes_.sent_before(draft.sender.name, *draft.key);
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
  if (!waiter) return serve(owner);  // somebody is parked though there is mail: none of that can be read
  give(waiter, std::move(*message));
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
  for (; waiter && !fits(waiter->bytes, bytes, kToolReplyBytes); waiter = parked_for(owner)) waiter->full = true;
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
    if (messages->empty() && waiter->messages.empty()) return {};  // none of them can be read
    if (messages->empty()) waiter->full = true;
    for (auto& message : *messages) give(waiter, std::move(message));
  }
  return {};
}

Result<Exchange::Taken> Exchange::recv(const WaiterRef& waiter, Park park) {
  if (auto current = mailboxes_.is_current({waiter->owner, waiter->incarnation}); !current) return current.error();
  if (auto settled = settle_debts(waiter->owner); !settled) return settled.error();
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
  // One message always fits, so that an empty answer leaves only what cannot be read.
  waiter->waiting = waiter->messages.empty() ? 0 : mailboxes_.queued(waiter->owner);
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

void Exchange::owe(const WaiterRef& waiter) {
  if (std::find(abandoned_.begin(), abandoned_.end(), waiter) == abandoned_.end()) abandoned_.push_back(waiter);
}

Status Exchange::abandon(const WaiterRef& waiter) {
  owe(waiter);
  if (auto settled = settle_debts(waiter->owner); !settled) return settled;
  return serve(waiter->owner);
}

Status Exchange::settle_debts(std::string_view owner) {
  for (const auto& waiter : abandoned_)
    if (waiter->owner == owner)
      if (auto taken = take_back(waiter); !taken) return taken;
  return {};
}

Status Exchange::take_back(const WaiterRef& waiter) {
  if (waiter->place != Waiter::Place::apart) move(waiter, Waiter::Place::apart);
  if (std::exchange(waiter->is_taken_back, true)) return {};
  const auto& repeated = repeated_[waiter->owner];
  if (waiter->key && repeated.turn == waiter->turn && repeated.keys.count(*waiter->key) != 0) return {};
  std::vector<Change> changes;
  for (const auto id : waiter->leased) {
    auto back = mailboxes_.give_back(waiter->owner, waiter->turn, id, Returned::unhanded);
    if (!back) return broken(back.error());
    if (*back) changes.push_back(**back);
  }
  note(waiter->owner, changes);
  return {};
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

Result<TurnBegun> Exchange::turn_begin(const Party& who) {
  const auto& owner = who.name;
  if (auto current = mailboxes_.is_current(who); !current) return current.error();
  if (auto settled = settle_debts(owner); !settled) return settled.error();
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

Status Exchange::turn_end(const Party& who, const TurnEnd& ended, Time now) {
  const auto& owner = who.name;
  if (auto current = mailboxes_.is_current(who); !current) return current.error();
  if (auto settled = settle_debts(owner); !settled) return settled.error();
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

Result<std::int64_t> Exchange::requeue_some(const std::optional<std::string>& of) {
  auto letters = mailboxes_.requeue_some(of);
  if (!letters) return broken(letters.error());
  for (const auto& letter : *letters) outcome_.happened.push_back({Happening::What::returned, letter.id, letter.owner});
  for (const auto& letter : *letters)
    if (auto served = serve(letter.owner); !served) return served.error();
  return std::int64_t(letters->size());
}

Status Exchange::begin_life(const Party& party, Time now) {
  auto changes = mailboxes_.begin_life(party, now);
  if (!changes) return broken(changes.error());
  if (!*changes) return {};
  note(party.name, **changes);
  end_all(party.name, "its agent was purged");
  return {};
}

Status Exchange::read_up_to(std::int64_t id) {
  auto read = mailboxes_.read_up_to(id);
  if (!read) return broken(read.error());
  return {};
}

void Exchange::look_at_space() {
  auto looked = space_.look();  // what it finds is told with the group
  static_cast<void>(looked);
}

Result<Mailboxes::Swept> Exchange::sweep(std::int64_t from, Time now) {
  auto swept = mailboxes_.sweep(from, now);
  if (!swept) return broken(swept.error());
  return swept;
}

Status Exchange::begin() {
  space_.forget();
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
  for (const auto& waiter : abandoned_)
    if (waiter->is_taken_back) waiter->leased.clear();
  std::erase_if(abandoned_, [](const WaiterRef& waiter) { return waiter->is_taken_back; });
  newly_parked_.clear(), moved_.clear();
  if (const auto dead = mailboxes_.counts().dead(); dead != std::exchange(dead_, dead)) outcome_.dead = dead;
  outcome_.space = space_.news();
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
  for (const auto& waiter : abandoned_) waiter->is_taken_back = false;
  newly_parked_.clear(), moved_.clear();
  outcome_ = {};
  sound_ = {};
  mailboxes_.roll_back();
}

}  // namespace hive::broker
