#pragma once
#include "restarts.hpp"
#include "roster.hpp"

#include <hive/sdk/contracts/turns.hpp>

#include <functional>
#include <map>

namespace hive::lifecycle {

/// One agent: what the roster says, and what was last seen of it.
struct Agent {
  explicit Agent(const RestartLimits& limits) : restarts(limits) {}

  Incarnation incarnation;
  Desired desired = Desired::stopped;
  std::optional<Action> action;
  runtime::Container seen;
  std::optional<turns::Report> report;
  bool logged_in = true;              // until the runtime says otherwise
  std::optional<std::string> main;    // commit that is deployed; absent: it cannot be read
  std::optional<std::string> reason;  // why it is left stopped
  Restarts restarts;
  bool restart_waits = false, look_waits = false;
  bool unseen = false;        // the last look could not be had
  bool left_stopped = false;  // until somebody asks for an action: it ended too often, or a start would fail again
  std::string shown;          // what was last published of it

  bool runs() const;
  /// It ended, nobody wanted that, and it is not left so.
  bool ended_against_desired() const;
};

/// All agents in memory, the manager first. References stay valid until the agent is removed, so no
/// handler keeps one over an await. [strand]
class Swarm {
 public:
  /// Hears of an agent that shows otherwise than the last time.
  using Changed = std::function<void(const ContainerEvent&)>;
  Swarm(const RestartLimits& limits, Changed changed) : limits_(limits), changed_(std::move(changed)) {}

  /// Nothing: there is none of this name.
  Agent* find(const std::string& name);
  /// The agent of this name, a new one when there is none.
  Agent& add(const std::string& name);
  /// It is gone, and its row with it.
  void remove(const std::string& name);
  /// It was added and could not be recorded.
  void take_back(const std::string& name) { agents_.erase(name); }
  /// Agents that the roster has and that are not known, because their rows cannot be read.
  void miss(LeftOut unreadable) { unreadable_ = std::move(unreadable); }
  std::vector<std::string> names() const;

  Container view(const std::string& name) const;
  Containers list() const;
  /// Has it heard how the agent shows now, when that is new.
  void show(const std::string& name);

 private:
  struct ManagerFirst {
    bool operator()(const std::string& a, const std::string& b) const;
  };
  RestartLimits limits_;
  Changed changed_;
  std::map<std::string, Agent, ManagerFirst> agents_;
  LeftOut unreadable_;
};

}  // namespace hive::lifecycle
