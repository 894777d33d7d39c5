#pragma once
#include "abandoned.hpp"
#include "upkeep.hpp"

namespace hive::broker {

/// The rules of delivery over the mailboxes. For the writer alone; every function runs inside a group. An error of the
/// database makes the group fail (`sound` says so); any other error is one call's own and leaves no trace.
class Exchange {
 public:
  explicit Exchange(std::unique_ptr<Mailboxes> mailboxes, DiskSpace space = {});
  Exchange(const Exchange&) = delete;

  /// Stores for all of `owners` or for none; a repeat of a key answers what the first did.
  /// Errors: busy (a bound of sender, mailbox or disk was reached), conflict (an agent was purged meanwhile).
  Result<std::int64_t> send(const Draft& draft, const std::vector<Party>& owners);
  /// What the first message with the draft's key got.
  Result<std::optional<std::int64_t>> sent_before(const Draft& draft);

  enum class Park { refused, allowed };
  enum class Taken { answered, parked };
  /// Fills `waiter`, or parks it when there is nothing to take. Errors: conflict (no open turn; its agent was purged).
  Result<Taken> recv(const WaiterRef& waiter, Park park);
  /// Its time is up: it is parked no more. What reached it until now is in it.
  Status leave(const WaiterRef& waiter);
  /// Its caller is gone: it is parked no more, and the leases that it was given are returned, as they were never handed
  /// out.
  Status abandon(const WaiterRef& waiter);
  /// That could not be stored: the next group in which its owner receives, begins or ends a turn does it first.
  /// Outside of groups too.
  void owe(const WaiterRef& waiter) { abandoned_.add(waiter); }

  /// Errors: conflict (its agent was purged).
  Result<TurnBegun> turn_begin(const Party& owner);
  /// Errors: not_found (no such turn), conflict (its agent was purged).
  Status turn_end(const Party& owner, const TurnEnd& end, Time now);

  Upkeep& upkeep() { return upkeep_; }

  /// One group: begin, any of the above, then commit or roll_back.
  Status begin();
  /// Durable when it returns. After an error: roll_back.
  Result<News> commit();
  void roll_back();
  /// False: the database failed in this group, which must be rolled back.
  const Status& sound() const { return group_.sound(); }

 private:
  /// The turn of a mailbox whose owner is still there, once the leases of its abandoned calls are returned.
  Result<Turn> enter_turn(const Party& owner);
  /// Errors: as send.
  Status admit(const Draft& draft, const std::vector<Party>& owners);

  const std::unique_ptr<Mailboxes> mailboxes_;
  DiskSpace space_;
  Group group_;
  Parked parked_;
  Delivery delivery_{*mailboxes_, parked_, group_};
  Abandoned abandoned_{mailboxes_->leases, parked_, group_};
  Upkeep upkeep_{{*mailboxes_, space_, parked_, group_, delivery_}};
  std::int64_t dead_ = mailboxes_->messages.counts().dead();  // as was told last
};

}  // namespace hive::broker
