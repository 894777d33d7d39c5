#pragma once
#include "roster.hpp"

#include <hive/sdk/signal.hpp>

#include <memory>
#include <set>

namespace hive::lifecycle {

/// What is kept of destroyed agents, and how it is purged. [strand]
class Graveyard {
 public:
  /// Both outlive it. `tombstones`: newest first.
  Graveyard(Host& host, Roster& roster, Tombstones tombstones)
      : host_(host), roster_(roster), tombstones_(std::move(tombstones)) {}

  const Tombstones& tombstones() const { return tombstones_; }
  /// Nothing: there is none of this name. Valid until the next await.
  const Tombstone* find(const std::string& name) const;
  bool is_being_purged(const std::string& name) const { return purging_.contains(name); }
  /// Of an agent that begins: that of the kept state which it goes on with, else a new one.
  Incarnation incarnation_for(const std::string& name) const;

  /// Says that something is kept of an agent that was destroyed.
  void add(const Tombstone& tombstone);
  /// Says that nothing is kept under the name any more, where something was.
  void drop(const Gone& gone);
  /// Removes what is kept for good, whoever asked for it being there or not. Errors: not_found, conflict (it is being
  /// purged), those of the runtime.
  Task<Result<None>> purge(std::string name);

 private:
  /// One that is under way.
  struct Purge {
    std::optional<Status> done;
    Signal ended;
  };
  // Shared, because either may be the last to need it: who asked may have gone, or is yet to look at how it ended.
  Task<> purge_to_the_end(Gone gone, std::shared_ptr<Purge> purge);
  Task<Status> remove(std::string name);

  Host& host_;
  Roster& roster_;
  Tombstones tombstones_;
  std::set<std::string> purging_;  // names
};

}  // namespace hive::lifecycle
