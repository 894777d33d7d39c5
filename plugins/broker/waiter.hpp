#pragma once
#include "arrival.hpp"

#include <hive/sdk/contracts/broker.hpp>

#include <memory>

namespace hive::broker {

/// One call of recv. The handler and the writer share it, because either may be the last to need it:
/// the caller may go away while a message is being stored for it.
struct Waiter {
  std::string owner;
  std::optional<std::string> incarnation;  // that the owner's name stood for when it called
  std::optional<std::string> key;
  std::int64_t most = 0;

  // The writer's until the call is answered, the strand's afterwards.
  std::vector<Message> messages;
  std::int64_t waiting = 0;
  Status status;  // an error says why its turn is over

  // The strand's.
  bool answered = false;
  Arrival arrived;

  // The writer's.
  std::int64_t turn = 0;
  std::vector<std::int64_t> leased;  // ids in `messages` that were leased for this very call
  std::size_t bytes = 0;             // of `messages` on the wire
  bool is_returned = false;          // by a call that is gone; the leases that it was given are returned
  bool full = false;                 // something did not fit any more; what comes later must not overtake it
  enum class Place { apart, parked, answered } place = Place::apart;  // answered: in the running group

  std::int64_t room() const { return most - std::int64_t(messages.size()); }
  /// Whether it waits and may be given more.
  bool may_take_more() const { return place != Place::apart && status.has_value() && !full && room() > 0; }
  /// What it had before it was given anything.
  void clear() {
    messages.clear(), leased.clear();
    bytes = 0, full = false;
  }
};
using WaiterRef = std::shared_ptr<Waiter>;

}  // namespace hive::broker
