#pragma once
#include "group.hpp"
#include "leases.hpp"
#include "parked.hpp"

#include <set>

namespace hive::broker {

/// Calls of recv whose callers are gone, until the leases that they were given are returned for good. For the writer
/// alone.
class Abandoned {
 public:
  /// All of it outlives it.
  Abandoned(Leases& leases, Parked& parked, Group& group) : leases_(leases), parked_(parked), group_(group) {}

  /// Outside of groups too.
  void add(const WaiterRef& waiter);
  /// A call has been given what the one that it repeats was: that is in somebody's hands, and is not returned.
  void note_repeat(const Waiter& waiter);
  /// Returns the leases of all that were calls of `owner`, inside a group.
  Status return_leases(std::string_view owner);

  void commit();
  void roll_back();

 private:
  Status return_leases_of(const WaiterRef& waiter);
  bool was_repeated(const Waiter& waiter) const;

  Leases& leases_;
  Parked& parked_;
  Group& group_;
  std::vector<WaiterRef> calls_;
  /// Keys of recv calls that were repeated in a turn.
  struct Repeated {
    std::int64_t turn = 0;
    std::set<std::string> keys;
  };
  std::map<std::string, Repeated, std::less<>> repeated_;
};

}  // namespace hive::broker
