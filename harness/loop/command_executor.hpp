#pragma once
#include "loop/one_turn.hpp"

namespace hive::harness {

/// Carries out what the host commands, also while a turn runs. One thread.
class CommandExecutor {
 public:
  explicit CommandExecutor(const TurnParts& parts) : parts_(parts) {}

  /// `turn` is the one under way, if there is one. A note on the page says that the command was taken.
  void execute(const turns::Command& command, OneTurn* turn);

 private:
  /// Gives what to say of it; nothing: it is of no interest to people.
  Result<std::string> carry_out(const turns::Command& command, OneTurn* turn);
  std::string cancel(const turns::Command& command, OneTurn* turn);
  std::string hold(const turns::Command& command);
  Status sweep(const turns::Command& command);

  const TurnParts parts_;
};

}  // namespace hive::harness
