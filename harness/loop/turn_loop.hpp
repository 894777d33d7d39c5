#pragma once
#include "loop/command_executor.hpp"
#include "loop/outcomes.hpp"

namespace hive::harness {

/// The turns of one agent, one after the other: wait for messages, run the CLI on them, tell the host how
/// it came out. It ends when it is told to stop. One thread.
class TurnLoop {
 public:
  explicit TurnLoop(Workshop shop) : shop_(std::move(shop)) {}
  TurnLoop(const TurnLoop&) = delete;

  /// Returns when stop() was called and what was under way has ended. [blocking]
  void run();

  /// A command of the host; also while a turn runs. A note on the page says that it was taken.
  void act(const turns::Command& command);
  /// What the page shows beside its events; the mark of those is left open. [blocking]
  page::State page_state();
  /// Lets the turn finish for the grace period, then interrupts it.
  void stop();
  /// The host is there again: what it decides may have changed.
  void host_came();

 private:
  void run_turn(Mail mail);

  const Workshop shop_;
  Waits waits_{shop_};
  Holds holds_{shop_, waits_};
  AgentCli cli_{shop_};
  AgentSession session_{shop_, waits_};
  Mailbox mailbox_{shop_, waits_};
  Outcomes outcomes_{shop_, waits_};
  CommandExecutor executor_{{shop_, waits_, holds_, cli_, session_}};
  OneTurn* turn_ = nullptr;    // under way
  std::int64_t failures_ = 0;  // turns in a row
  std::string last_note_;      // how the last turn ended; empty: well
};

}  // namespace hive::harness
