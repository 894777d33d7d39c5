#pragma once
#include "caretaker.hpp"

namespace hive::lifecycle {

/// What is done in the background after the plugin's start: what runs is taken over, what was cut off goes on, then
/// what should run is started. [strand]
class BringUp {
 public:
  struct Uses {
    Roster& roster;
    const Graveyard& graves;
    Looks& looks;
    Actions& actions;
    Caretaker& caretaker;
  };
  /// All of it outlives it.
  BringUp(Ground& ground, Uses uses) : ground_(ground), host_(ground.host), swarm_(ground.swarm), uses_(uses) {}

  /// `unfinished`: agents with an action that the last life of the host had begun and not ended.
  Task<> run(std::vector<std::string> unfinished);

 private:
  Task<Status> adopt_containers();
  Task<Status> adopt(runtime::Container container);
  Task<> ensure_manager();
  Task<> begin_what_should_run();

  Ground& ground_;
  Host& host_;
  Swarm& swarm_;
  Uses uses_;
};

}  // namespace hive::lifecycle
