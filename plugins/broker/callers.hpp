#pragma once
#include "roster.hpp"
#include "writer.hpp"

namespace hive::broker {

/// For whom callers ask: which incarnation a caller's name stands for, in the roster and in the mailboxes alike.
/// [strand]
class Callers {
 public:
  struct Uses {
    Roster& roster;
    const Holders& holders;
    Writer& writer;
  };
  /// All of it outlives it.
  Callers(Host& host, Uses uses) : host_(host), uses_(uses) {}

  /// For whom the caller's name stands, once the mailboxes know of that too.
  Task<Party> identify(Caller who);
  /// Tells the mailboxes for whom a name stands from now on, until they have it.
  Task<> begin_life(Party party);

 private:
  Host& host_;
  Uses uses_;
  int lives_begun_ = 0;  // and not stored yet
};

}  // namespace hive::broker
