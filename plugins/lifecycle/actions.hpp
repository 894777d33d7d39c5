#pragma once
#include "graveyard.hpp"
#include "perform.hpp"
#include "turnstile.hpp"

namespace hive::lifecycle {

/// An action that somebody wants.
struct Order {
  std::string name;
  Transient what = Transient::starting;
  std::string cause{};  // words, for the agent and the manager
  std::optional<std::string> revision{};
  bool purge = false;
  /// Whether it shares the two places of what the host does by itself.
  enum class Crowd { free, limited } crowd = Crowd::free;
};

/// Actions from their record to their end: one is recorded first, then answered, then done in the background, and its
/// end is recorded before anybody hears of it. An agent has one at a time. [strand]
class Actions {
 public:
  /// What is written of them.
  struct Books {
    Roster& roster;
    sqlite::Outbox& outbox;
    Graveyard& graves;
  };
  /// Hears of an agent whose action has ended and that is still there.
  using Ended = std::function<void(std::string)>;
  /// All of it outlives them.
  Actions(Ground& ground, Books books, Ended ended);

  /// The agent of this name. Errors: not_found, with the names that there are.
  Result<Agent*> find(const std::string& name);
  /// Records the order and begins it. Errors: conflict (another is in flight), not_found, unavailable.
  Task<Result<Accepted>> accept(Order order);
  /// Goes on with what the last life of the host had begun and not ended.
  void take_up(const std::string& name);

 private:
  Task<> run(std::string name, Order::Crowd crowd);
  Task<> settle(std::string name, Status done);
  Task<Status> record_end(std::string name, Action action, Status done);
  void announce_end(const std::string& name, const Action& action, const Status& done);

  Ground& ground_;
  Host& host_;
  Swarm& swarm_;
  Books books_;
  Performer performer_;
  Turnstile places_{2};
  Ended ended_;
};

}  // namespace hive::lifecycle
