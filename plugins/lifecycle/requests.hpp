#pragma once
#include "actions.hpp"

namespace hive::lifecycle {

/// Who may ask for what, and when. [strand]
class Requests {
 public:
  /// All of it outlives them.
  Requests(Ground& ground, Graveyard& graves, Actions& actions)
      : host_(ground.host), swarm_(ground.swarm), graves_(graves), actions_(actions) {}

  /// The actions. Errors: conflict (it is so already, another action is in flight), forbidden, not_found, unavailable.
  Task<Result<Accepted>> spawn(Caller who, Spawn what);
  Task<Result<Accepted>> start(Caller who, Name what);
  Task<Result<Accepted>> stop(Caller who, Name what);
  Task<Result<Accepted>> restart(Caller who, Name what);
  Task<Result<Accepted>> rebuild(Caller who, Rebuild what);
  Task<Result<Accepted>> destroy(Caller who, Destroy what);
  /// Rebuilds who is behind; says whom.
  Task<Result<Containers>> update_all();
  Task<Result<None>> purge_tombstone(std::string name);

  Task<Result<Preflight>> preflight(std::string name);
  Task<Result<ConfigFiles>> config(ReadConfig what);

 private:
  Task<Result<Accepted>> request(Caller who, Order order);

  Host& host_;
  Swarm& swarm_;
  Graveyard& graves_;
  Actions& actions_;
};

}  // namespace hive::lifecycle
