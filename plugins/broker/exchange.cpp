#include "exchange.hpp"

#include "reply_size.hpp"

#include <hive/sdk/crash_point.hpp>

#include <algorithm>

namespace hive::broker {

Exchange::Exchange(std::unique_ptr<Mailboxes> mailboxes, DiskSpace space)
    : mailboxes_(std::move(mailboxes)), space_(std::move(space)) {}

Result<std::int64_t> Exchange::send(const Draft& draft, const std::vector<Party>& owners) {
  auto before = sent_before(draft);
  if (!before) return before.error();
  if (*before) return **before;
  if (auto admitted = admit(draft, owners); !admitted) return admitted.error();
  std::int64_t first = 0;
  Draft next = draft;
  for (const auto& owner : owners) {
    auto id = delivery_.deliver(next, owner.name);
    if (!id) return id;
    if (first == 0) first = *id;
    next.key.reset();  // one row carries it; the others were stored with that one or not at all
  }
  crash_point("broker.send.stored");
  return first;
}

Status Exchange::admit(const Draft& draft, const std::vector<Party>& owners) {
  const auto& sender = draft.sender;
  std::vector<std::string> names;
  for (const auto& owner : owners) {
    if (auto current = mailboxes_->lives.is_current(owner); !current) return current;
    names.push_back(owner.name);
  }
  if (is_agent(sender.name))
    if (auto room = space_.look(); !room) return room;
  return mailboxes_->messages.counts().admits(sender.name, draft.text_bytes(), names);
}

Result<std::optional<std::int64_t>> Exchange::sent_before(const Draft& draft) {
  if (auto current = mailboxes_->lives.is_current(draft.sender); !current) return current.error();
  if (!draft.key) return std::optional<std::int64_t>{};
  auto before = mailboxes_->sent_before(draft.sender.name, *draft.key);
  if (!before) return group_.broken(before.error());
  return before;
}

Result<Turn> Exchange::enter_turn(const Party& owner) {
  if (auto current = mailboxes_->lives.is_current(owner); !current) return current.error();
  if (auto done = abandoned_.return_leases(owner.name); !done) return done.error();
  auto turn = mailboxes_->leases.read_turn(owner.name);
  if (!turn) return group_.broken(turn.error());
  return turn;
}

Result<Exchange::Taken> Exchange::recv(const WaiterRef& waiter, Park park) {
  const auto& owner = waiter->owner;
  auto turn = enter_turn({owner, waiter->incarnation});
  if (!turn) return turn.error();
  if (!turn->open) return error(Code::conflict, "broker: " + owner + " has no open turn; call broker.turn_begin first");
  waiter->clear();
  waiter->turn = turn->number;
  if (waiter->key) parked_.end_repeated(owner, *waiter->key);
  auto given = delivery_.fill(waiter);
  if (!given) return given.error();
  if (*given == Delivery::Given::again) abandoned_.note_repeat(*waiter);
  // One message always fits, so that an empty answer leaves only what cannot be read.
  waiter->waiting = waiter->messages.empty() ? 0 : mailboxes_->messages.counts().queued(owner);
  if (!waiter->messages.empty() || park == Park::refused) return Taken::answered;
  parked_.park(waiter);
  return Taken::parked;
}

Status Exchange::leave(const WaiterRef& waiter) {
  if (waiter->place == Waiter::Place::parked) parked_.leave(waiter);
  return {};
}

Status Exchange::abandon(const WaiterRef& waiter) {
  owe(waiter);
  if (auto done = abandoned_.return_leases(waiter->owner); !done) return done;
  return delivery_.serve(waiter->owner);
}

Result<TurnBegun> Exchange::turn_begin(const Party& who) {
  const auto& owner = who.name;
  auto turn = enter_turn(who);
  if (!turn) return turn.error();
  TurnBegun begun{turn->number + 1, 0};
  if (turn->open) {
    auto changes = mailboxes_->leases.return_all(owner, {});
    if (!changes) return group_.broken(changes.error());
    begun.returned = std::ranges::count(*changes, State::queued, &Change::state);
    group_.tell(owner, *changes);
    parked_.end_all(owner, "a new turn began");
  }
  if (auto set = mailboxes_->leases.set_turn(owner, {begun.turn, true}); !set) return group_.broken(set.error());
  crash_point("broker.turn_begin.stored");
  return begun;
}

Status Exchange::turn_end(const Party& who, const TurnEnd& ended, Time now) {
  const auto& owner = who.name;
  auto turn = enter_turn(who);
  if (!turn) return turn.error();
  if (ended.turn > turn->number)
    return error(Code::not_found, "broker: " + owner + " has had no turn " + std::to_string(ended.turn) +
                                      "; its last one is " + std::to_string(turn->number));
  if (ended.turn < turn->number || !turn->open) return {};  // a repeat
  auto& leases = mailboxes_->leases;
  auto changes = ended.ok ? leases.settle_all(owner, ended.unseen, now) : leases.return_all(owner, ended.unseen);
  if (!changes) return group_.broken(changes.error());
  group_.tell(owner, *changes);
  parked_.end_all(owner, "its turn has ended");
  if (auto set = leases.set_turn(owner, {turn->number, false}); !set) return group_.broken(set.error());
  crash_point("broker.turn_end.stored");
  return {};
}

Status Exchange::begin() {
  space_.forget();
  return mailboxes_->begin();
}

Result<News> Exchange::commit() {
  if (auto committed = mailboxes_->commit(); !committed) return committed.error();
  const auto& counts = mailboxes_->messages.counts();
  News news{.happened = group_.end(), .answered = parked_.commit(), .dead = {}, .space = space_.take_news()};
  for (const auto& waiter : news.answered) waiter->waiting = counts.queued(waiter->owner);
  abandoned_.commit();
  if (const auto dead = counts.dead(); dead != std::exchange(dead_, dead)) news.dead = dead;
  return news;
}

void Exchange::roll_back() {
  parked_.roll_back();
  abandoned_.roll_back();
  group_.end();
  mailboxes_->roll_back();
}

}  // namespace hive::broker
