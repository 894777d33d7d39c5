#pragma once
#include "holders.hpp"

#include <hive/sdk/contracts/lifecycle.hpp>
#include <hive/sdk/host.hpp>

namespace hive::broker {

/// Whether asking lifecycle or the runtime again may help.
inline bool is_passing(Code code) {
  return code == Code::unavailable || code == Code::timeout || code == Code::busy || code == Code::cancelled ||
         code == Code::method_not_found;
}

/// The swarm's roster as the broker knows it: who has a mailbox, which are the operator and the manager always, and the
/// agents that lifecycle lists. Kept from its events; while it cannot be asked, the last answer holds. [strand]
class Roster {
 public:
  /// Both outlive it. `holders` hears for whom names stand.
  Roster(Host& host, Holders& holders) : host_(host), holders_(holders) {}
  void start();

  bool knows(std::string_view name) const { return members_.find(name) != members_.end(); }
  /// Of the configuration that is active for an agent; nothing: that is not known.
  std::optional<std::string> revision_of(std::string_view name) const;
  /// Asks lifecycle once. Errors: unavailable.
  Task<Status> refresh();
  /// False: lifecycle has not answered since the start, so agents may be missing.
  bool complete() const { return complete_; }
  /// Every agent and the manager but `except`.
  std::vector<std::string> agents_but(std::string_view except) const;
  /// All names, for an error's text.
  std::string in_words() const;

 private:
  /// What is known of one name. `revision`: of its active configuration.
  struct Member {
    std::string incarnation;
    std::optional<std::string> revision;
  };
  template <class T, class F>
  void hear(const Event<T>& event, F handler);
  void note(const std::string& name, const Member& member);
  void forget(const lifecycle::Gone& gone);
  Task<Result<Holders::Living>> ask_who_lives();
  Task<> learn();

  Host& host_;
  Holders& holders_;
  std::map<std::string, Member, std::less<>> members_{{"manager", {}}, {"operator", {}}};
  // What events said while lifecycle was asked: it is newer. Nothing: the agent is no more.
  std::map<std::string, std::optional<Member>> missed_;
  bool complete_ = false;
  int asking_ = 0;
  std::uint64_t moves_ = 0;  // agents that came or went
};

}  // namespace hive::broker
