#pragma once
#include "callers.hpp"
#include "send_rules.hpp"

namespace hive::broker {

/// Bytes of the longest body that such a caller may send. [any-thread]
std::size_t most_body_bytes(Who who, const Limits& limits);

/// `broker.send`: checks what is to be sent, and has it stored. [strand]
class Sending {
 public:
  struct Uses {
    Roster& roster;
    const Holders& holders;
    Callers& callers;
    Writer& writer;
  };
  /// All of it outlives it.
  Sending(Host& host, const Limits& limits, Uses uses)
      : host_(host), limits_(limits), uses_(uses), rules_(host, uses.roster) {}

  Task<Result<Sent>> send(Caller who, Send what);

 private:
  Task<Result<std::vector<Party>>> check(Caller who, Draft& draft, Send what);
  Task<Result<std::vector<Party>>> find_recipients(std::string sender, std::string to);

  Host& host_;
  const Limits& limits_;
  Uses uses_;
  SendRules rules_;
};

}  // namespace hive::broker
