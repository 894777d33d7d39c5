#pragma once
#include "ground.hpp"

namespace hive::lifecycle {

/// Looks up how agents are now, and shows what is new. [strand]
class Looks {
 public:
  /// `ground` outlives it.
  explicit Looks(Ground& ground) : ground_(ground), host_(ground.host), swarm_(ground.swarm) {}

  /// What the runtime, the login and the deployed configuration of one agent are. Errors: those of the runtime.
  Task<Status> look(std::string name);
  /// The same of every agent.
  Task<> look_each();
  /// The reports of turns too.
  Task<> look_all();

 private:
  Ground& ground_;
  Host& host_;
  Swarm& swarm_;
};

}  // namespace hive::lifecycle
