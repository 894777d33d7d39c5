#pragma once
#include "store.hpp"

#include <hive/sdk/signal.hpp>

#include <map>

namespace hive::turns {

/// What the plugin knows of one agent, as the store has it.
struct Agent {
  std::optional<Report> report;
  bool is_stored = true;          // the report; false: not yet, or the disk refused it
  std::uint64_t reports = 0;      // that changed it
  std::vector<Command> commands;  // by id
  Signal given;                   // a command came
  std::vector<Damaged> damaged{};
};

/// The store's content in memory: reads never wait for the disk. References stay valid until the
/// agent is forgotten, so no handler keeps one over an await. [strand]
class Board {
 public:
  void fill(Kept kept);

  Agent* find(const std::string& name);
  Agent& at(const std::string& name) { return agents_[name]; }
  /// Notes which agent has `name` now, and removes what another one had under it. False: that was known.
  bool meet(const std::string& name, const lifecycle::Incarnation& incarnation);
  /// Forgets commands up to `last`, as the store did.
  void taken(const std::string& name, std::int64_t last);
  /// Removes the report of an agent that was destroyed and whose state is kept.
  void forget_report(const std::string& name);
  /// Removes everything about an agent that was purged.
  void forget(const std::string& name);

  AllTurns list() const;
  /// Names of agents that have reported.
  std::vector<std::string> names() const;
  /// The command with the agent that has `name` now.
  Waiting waiting_for(const std::string& name, Command command) const;
  /// Takes commands over after the store has them, and wakes who waits for them. What was for an agent that was
  /// purged meanwhile went with it.
  void give(const std::vector<Waiting>& commands, const std::vector<std::int64_t>& ids);

  bool is_paused(const std::string& name) const { return swarm_paused() || paused_.contains(name); }
  bool is_paused_alone(const std::string& name) const { return paused_.contains(name); }
  bool swarm_paused() const { return paused_.contains(std::string(kSwarm)); }
  void change_pause(const std::string& name, Store::Pause what);
  std::int64_t last_id() const { return last_id_; }

 private:
  std::map<std::string, Agent> agents_;
  std::set<std::string> paused_;
  std::map<std::string, lifecycle::Incarnation> incarnations_;
  std::int64_t last_id_ = 0;
};

/// Whether somebody who looks at `a` would see the same in `b`. The time of the last output is not shown.
bool shows_the_same(const Report& a, const Report& b);

/// The oldest of `commands`, as many as one answer holds.
std::vector<Command> oldest_of(const std::vector<Command>& commands);

/// Errors: conflict (the agent is in the wrong state, or another turn is open than the one that is meant),
/// invalid_params (a member that the kind needs).
hive::Status may_command(const std::string& name, const std::optional<Report>& report, const GiveCommand& what);

}  // namespace hive::turns
