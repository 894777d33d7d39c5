#pragma once
#include "party.hpp"

#include <hive/sdk/contracts/lifecycle.hpp>
#include <hive/sdk/host.hpp>

#include <functional>
#include <map>

namespace hive::broker {

/// Who has a mailbox: the operator and the manager always, and the agents that lifecycle lists. Kept
/// from its events; while it cannot be asked, the last answer holds. [strand]
class Roster {
 public:
  /// Hears each time a name stands for another incarnation; for none after a purge.
  using Heard = std::function<void(Party)>;
  /// `host` outlives it.
  Roster(Host& host, Heard heard) : host_(host), heard_(std::move(heard)) {}
  /// `known`: for whom names stood when the mailboxes heard of it last.
  void start(const std::vector<Party>& known);

  bool knows(std::string_view name) const { return members_.find(name) != members_.end(); }
  /// For whom the name stands now; while lifecycle cannot be asked, for whom it did.
  Party party(const std::string& name) const;
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
  void hear_tombstones();
  /// What is known of one name.
  struct Member {
    std::string incarnation;
    std::optional<std::string> revision;          // of its active configuration
    std::optional<std::string> rules_revision;    // from which the next was read; another one: read it again
    std::vector<std::string> allowed_recipients;  // empty: anyone
  };
  void note(const std::string& name, const Member& member);
  void forget(const lifecycle::Gone& gone);
  void stands_for(const std::string& name, const std::string& incarnation);
  void ended(const lifecycle::Gone& gone);
  /// The incarnation of each agent that is in the swarm or kept as a tombstone.
  using Living = std::map<std::string, std::string, std::less<>>;
  Task<Result<Living>> ask_who_lives();
  /// Who lived when the mailboxes heard of it last, and does no more, was purged while nobody listened.
  void judge(const Living& living);
  Task<Result<std::vector<std::string>>> allowed_recipients(std::string sender);
  Task<> learn();

  Host& host_;
  std::map<std::string, Member, std::less<>> members_{{"manager", {}}, {"operator", {}}};
  // What events said while lifecycle was asked: it is newer. Nothing: the agent is no more.
  std::map<std::string, std::optional<Member>> news_;
  bool complete_ = false;
  int asking_ = 0;
  const Heard heard_;
  /// For whom names with mail stand; empty: nobody has said.
  Living stood_for_;
  std::uint64_t moves_ = 0;  // agents that came or went
};

}  // namespace hive::broker
