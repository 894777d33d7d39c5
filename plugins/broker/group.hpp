#pragma once
#include "messages.hpp"
#include "waiter.hpp"

namespace hive::broker {

/// One event to publish.
struct Happening {
  enum class What { sent, delivered, settled, returned, dead } what;
  std::int64_t id = 0;
  std::string owner;
  std::optional<Message> message{};  // when sent
};

/// What the rest of the plugin hears of a group once it is durable, in the order in which it happened.
struct News {
  std::vector<Happening> happened;
  std::vector<WaiterRef> answered;
  std::optional<std::int64_t> dead;  // how many dead letters there are now, when that has changed
  std::optional<Space> space;        // when that has changed

  bool is_empty() const { return happened.empty() && !dead && !space; }
};

/// The running group of requests: whether the database has gone along, and what is to be told of it. For the writer
/// alone.
class Group {
 public:
  /// Remembers an error of the database; the group must be rolled back.
  Error broken(const Error& failure);
  /// False: the database failed in this group.
  const Status& sound() const { return sound_; }

  void tell(Happening happening) { happened_.push_back(std::move(happening)); }
  void tell(std::string_view owner, const std::vector<Change>& changes);
  /// What was told of this group, which is over.
  std::vector<Happening> end();

 private:
  Status sound_;
  std::vector<Happening> happened_;
};

}  // namespace hive::broker
