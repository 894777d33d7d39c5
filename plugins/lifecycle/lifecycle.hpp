#pragma once
#include "bring_up.hpp"
#include "requests.hpp"

#include <hive/sdk/contracts/host.hpp>

namespace hive::lifecycle {

/// Role `lifecycle`: decides what should run and makes it so. This is the wiring of methods and events to the parts
/// that do it. [strand]
class Lifecycle {
 public:
  using Settings = lifecycle::Settings;

  Lifecycle(Host& host, Settings settings) : host_(host), ground_(host, settings) {}
  Status start();

 private:
  /// What there is once the roster is open.
  struct Parts {
    Parts(Ground& ground, Roster opened, Tombstones tombstones);

    Roster roster;
    sqlite::Outbox outbox;
    Graveyard graves;
    Looks looks;
    Actions actions;
    Caretaker caretaker;
    BringUp bring_up;
    Requests requests;
  };

  void answer_actions();
  void answer_questions();
  void watch_runtime();
  void watch_turns();
  void runtime_changed(runtime::StateChanged event);
  void turns_changed(turns::AgentTurns event);
  Task<Result<None>> rescan();

  Host& host_;
  Ground ground_;
  std::optional<Parts> parts_;
};

}  // namespace hive::lifecycle
