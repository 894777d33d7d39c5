#pragma once
#include "group.hpp"
#include "mailboxes.hpp"
#include "parked.hpp"

namespace hive::broker {

/// Hands messages to calls of recv: to who is parked as they come, and to who calls what is there. For the writer
/// alone, inside a group.
class Delivery {
 public:
  /// All of it outlives it.
  Delivery(Mailboxes& mailboxes, Parked& parked, Group& group)
      : mailboxes_(mailboxes), parked_(parked), group_(group) {}

  /// Stores a message for `owner`, and gives it to who waits for it. Gives its id.
  Result<std::int64_t> deliver(const Draft& draft, const std::string& owner);
  /// Queued messages go to whoever waits for them.
  Status serve(const std::string& owner);
  /// What is there for a call. `again`: what the same call was given before, when it is one that was repeated.
  enum class Given { fresh, again };
  Result<Given> fill(const WaiterRef& waiter);

 private:
  void give(const WaiterRef& waiter, Message message);

  Mailboxes& mailboxes_;
  Parked& parked_;
  Group& group_;
};

}  // namespace hive::broker
