#pragma once
#include "loop/workshop.hpp"

namespace hive::harness {

/// Runs the CLI for the agent, in its session and with its model. One thread.
class AgentCli {
 public:
  explicit AgentCli(const Workshop& shop) : shop_(shop) {}
  AgentCli(const AgentCli&) = delete;

  /// The keys of the run's tool calls begin with `call_prefix`. [blocking]
  RunSetup setup_for(SessionStart session, const std::string& call_prefix) const;
  /// Whatever ends a run, the next one goes on with the session that it had. [blocking]
  Ran run(const RunSetup& setup, std::string_view prompt);
  /// Has the session compacted. [blocking]
  Verdict compact();
  /// Asks the vendor for next to nothing in a session of its own. [blocking]
  Outcome probe();

  page::TurnStat stat_of(const Ran& ran) const;
  /// In the statistics, the report and the events.
  void tell(const page::TurnStat& stat);

  /// The model of the next run, and of the last one where that was another.
  page::Model model() const;
  void tell_model();

 private:
  const Workshop& shop_;
  std::string model_of_run_;  // of the last one; empty: there was none yet
};

}  // namespace hive::harness
