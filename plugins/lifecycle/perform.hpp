#pragma once
#include "ground.hpp"

namespace hive::lifecycle {

/// What actions do with containers. Each step may be repeated, so that one that was cut off can go on. [strand]
class Performer {
 public:
  explicit Performer(Ground& ground)
      : host_(ground.host), settings_(ground.settings), swarm_(ground.swarm), reported_(ground.reported) {}

  /// Does the action that this agent has in flight. Errors: those of the runtime.
  Task<Status> perform(std::string name);

 private:
  Task<Status> create(std::string name);
  Task<Status> start(std::string name);
  Task<Status> stop(std::string name);
  Task<Status> restart(std::string name);
  Task<Status> rebuild(std::string name);
  Task<Status> destroy(std::string name);
  Task<Result<runtime::Prepared>> prepare(std::string name);
  Task<Status> activate(std::string name, std::string generation);
  Task<Status> await_turn_end(std::string name);

  Host& host_;
  const Settings& settings_;
  Swarm& swarm_;
  Signal& reported_;
};

}  // namespace hive::lifecycle
