#pragma once
#include <hive/sdk/contracts/lifecycle.hpp>
#include <hive/sdk/host.hpp>

#include <map>

namespace hive::broker {

/// Who has a mailbox: the operator and the manager always, and the agents that lifecycle lists. Kept
/// from its events; while it cannot be asked, the last answer holds. [strand]
class Roster {
 public:
  /// `host` outlives it.
  explicit Roster(Host& host) : host_(host) {}
  void start();

  bool knows(std::string_view name) const { return members_.find(name) != members_.end(); }
  /// Asks lifecycle once. Errors: unavailable.
  Task<Status> refresh();
  /// False: lifecycle has not answered since the start, so agents may be missing.
  bool complete() const { return complete_; }
  /// Whether the configuration that is active for the agent `sender` lets it write to `to` (`*` for all).
  /// Errors: forbidden (it does not, or it cannot be read), unavailable (the runtime is away).
  Task<Status> may_write(std::string sender, std::string to);
  /// Every agent and the manager but `except`.
  std::vector<std::string> agents_but(std::string_view except) const;
  /// All names, for an error's text.
  std::string in_words() const;

 private:
  void hear_changes();
  void hear_removals();
  /// What is known of one name.
  struct Member {
    std::optional<std::string> revision;          // of its active configuration
    std::optional<std::string> rules_revision;    // from which the next was read; another one: read it again
    std::vector<std::string> allowed_recipients;  // empty: anyone
  };
  void note(const std::string& name, std::optional<std::string> revision);
  void forget(const std::string& name);
  Task<Result<std::vector<std::string>>> allowed_recipients(std::string sender);
  Task<> learn();

  Host& host_;
  std::map<std::string, Member, std::less<>> members_{{"manager", {}}, {"operator", {}}};
  // What events said while lifecycle was asked: it is newer. Nothing: the agent is no more.
  std::map<std::string, std::optional<Member>> news_;
  bool complete_ = false;
  int asking_ = 0;
};

}  // namespace hive::broker
