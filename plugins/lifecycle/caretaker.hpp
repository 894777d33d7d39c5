#pragma once
#include "actions.hpp"
#include "look.hpp"

namespace hive::lifecycle {

/// Starts agents again that have ended although they should run. [strand]
class Caretaker {
 public:
  /// All of it outlives it.
  Caretaker(Ground& ground, Looks& looks, Actions& actions)
      : ground_(ground), host_(ground.host), swarm_(ground.swarm), looks_(looks), actions_(actions) {}

  /// Looks at an agent, and starts it again when it ended against the desired state.
  Task<> look_after(std::string name);
  /// The same of a swarm that is up: who is found to have ended is started again, whatever the look was for.
  Task<> look_after_each();
  /// The reports of turns too, where events were lost.
  Task<> look_after_all();

 private:
  Task<bool> look_until_seen(std::string name);
  Task<> start_again(std::string name);

  Ground& ground_;
  Host& host_;
  Swarm& swarm_;
  Looks& looks_;
  Actions& actions_;
};

}  // namespace hive::lifecycle
