#pragma once
#include "roster.hpp"

namespace hive::broker {

/// To whom agents may write, as their active configurations say. [strand]
class SendRules {
 public:
  /// Both outlive it.
  SendRules(Host& host, const Roster& roster) : host_(host), roster_(roster) {}

  /// Lets the agent `sender` write to `to` (`*` for all). Errors: forbidden (its configuration does not, or cannot be
  /// read), unavailable (the runtime is away).
  Task<Status> check(std::string sender, std::string to);

 private:
  /// What was read of one configuration. No recipients: anyone.
  struct Rules {
    std::optional<std::string> revision;
    std::vector<std::string> allowed_recipients;
  };
  Task<Result<std::vector<std::string>>> read(std::string sender);

  Host& host_;
  const Roster& roster_;
  std::map<std::string, Rules, std::less<>> rules_;  // by sender
};

}  // namespace hive::broker
