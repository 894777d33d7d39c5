#pragma once
#include "delivery.hpp"
#include "space.hpp"

namespace hive::broker {

/// What is done to mailboxes beside the traffic of their owners. For the writer alone, inside a group.
class Upkeep {
 public:
  struct Uses {
    Mailboxes& mailboxes;
    DiskSpace& space;
    Parked& parked;
    Group& group;
    Delivery& delivery;
  };
  /// All of it outlives it.
  explicit Upkeep(Uses uses) : uses_(uses) {}

  /// See DeadMail; what is queued again goes to whoever waits for it.
  Status requeue(std::int64_t id);
  /// Gives how many; 0: there are no more.
  Result<std::int64_t> requeue_some(const std::optional<std::string>& of);
  /// See Lives::begin.
  Status begin_life(const Party& party, Time now);
  Status read_up_to(std::int64_t id);
  /// Asks the file system whether there is room; what it says is told with the group.
  Status look_at_space();
  Result<Retention::Swept> sweep(const Retention::Range& range);

 private:
  Status serve(const std::vector<DeadLetter>& queued);

  Uses uses_;
};

}  // namespace hive::broker
