#pragma once
#include "waiter.hpp"

#include <deque>
#include <map>

namespace hive::broker {

/// Who is parked, by mailbox, the longest first. What a group changes is undone when it is rolled back. For the writer
/// alone.
class Parked {
 public:
  /// The first who may be given more; null: nobody.
  WaiterRef first(std::string_view owner) const;
  /// The first of these whom a message of so many bytes fits. Who is passed over is full: what comes later must not
  /// overtake that message.
  WaiterRef choose(std::string_view owner, std::size_t bytes);

  void park(const WaiterRef& waiter);
  /// It has something to be told. One that is parked no more is left as it is.
  void answer(const WaiterRef& waiter);
  /// It is parked no more, and nobody is to be told.
  void leave(const WaiterRef& waiter);
  /// Answers it with an error; the one of a key, or all.
  void end_repeated(const std::string& owner, const std::string& key);
  void end_all(const std::string& owner, const std::string& why);

  /// Gives who is to be answered.
  std::vector<WaiterRef> commit();
  void roll_back();

 private:
  void end(const WaiterRef& waiter, const std::string& why);
  void move(const WaiterRef& waiter, Waiter::Place place);

  std::map<std::string, std::deque<WaiterRef>, std::less<>> parked_;
  std::vector<WaiterRef> newly_parked_, moved_;  // in this group
};

}  // namespace hive::broker
