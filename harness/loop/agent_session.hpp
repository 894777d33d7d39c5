#pragma once
#include "loop/waits.hpp"

namespace hive::harness {

/// The agent's session at the CLI, where nothing can come of it any more. One thread.
class AgentSession {
 public:
  AgentSession(const Workshop& shop, Waits& waits) : shop_(shop), waits_(waits) {}
  AgentSession(const AgentSession&) = delete;

  /// The next run begins a new one; the page and the manager are told. `turn` is the open one. [blocking]
  void drop(std::int64_t turn, const std::string& why);
  /// The same for one that the CLI does not find. One that was killed before the CLI wrote anything of it is no loss,
  /// and nobody is told: false. [blocking]
  bool drop_gone(std::int64_t turn, const Verdict& verdict);

 private:
  void tell_manager(std::int64_t turn);

  const Workshop& shop_;
  Waits& waits_;
};

}  // namespace hive::harness
