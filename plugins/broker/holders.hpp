#pragma once
#include "party.hpp"

#include <functional>
#include <map>
#include <vector>

namespace hive::broker {

/// For whom the names with mail stand, as lifecycle says it; while that has said nothing, as the mailboxes knew it.
/// [strand]
class Holders {
 public:
  /// Hears each time a name stands for another incarnation; for none after a purge.
  using Heard = std::function<void(Party)>;
  explicit Holders(Heard heard) : heard_(std::move(heard)) {}

  /// Begins with what the mailboxes heard last, of which nobody is told.
  void start(const std::vector<Party>& known);
  /// For whom the name stands now.
  Party party(const std::string& name) const;

  /// The name stands for this incarnation from now on; empty: nobody has said.
  void hold(const std::string& name, const std::string& incarnation);
  /// That incarnation was purged.
  void release(const std::string& name, const std::string& incarnation);
  /// The incarnation of each agent that is in the swarm or kept as a tombstone.
  using Living = std::map<std::string, std::string, std::less<>>;
  /// Who lived when the mailboxes heard of it last, and does no more, was purged while nobody listened.
  void judge(const Living& living);

 private:
  const Heard heard_;
  Living holders_;
};

}  // namespace hive::broker
