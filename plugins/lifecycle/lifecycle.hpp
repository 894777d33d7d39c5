#pragma once
#include "settings.hpp"
#include "swarm.hpp"
#include "turnstile.hpp"

#include <hive/sdk/contracts/host.hpp>
#include <hive/sdk/signal.hpp>

#include <memory>
#include <set>

namespace hive::lifecycle {

/// An action that somebody wants.
struct Order {
  std::string name;
  Transient what = Transient::starting;
  std::string cause{};  // words, for the agent and the manager
  std::optional<std::string> revision{};
  bool purge = false;
  /// Whether it shares the two places of what the host does by itself.
  enum class Crowd { free, limited } crowd = Crowd::free;
};

/// Role `lifecycle`: decides what should run and makes it so. An action is recorded first, answered, and
/// done in the background; one that a crash cut off is taken up again at the next start. [strand]
class Lifecycle {
 public:
  using Settings = lifecycle::Settings;

  Lifecycle(Host& host, Settings settings);
  Status start();

 private:
  // wiring.cpp: methods, events, start
  void answer_actions();
  void answer_questions();
  void watch_runtime();
  void watch_turns();
  void runtime_changed(runtime::StateChanged event);
  void turns_changed(turns::AgentTurns event);

  // requests.cpp: who may ask for what, and when
  Task<Result<Accepted>> spawn(Caller who, Spawn what);
  Task<Result<Accepted>> start_agent(Caller who, Name what);
  Task<Result<Accepted>> stop_agent(Caller who, Name what);
  Task<Result<Accepted>> restart(Caller who, Name what);
  Task<Result<Accepted>> rebuild(Caller who, Rebuild what);
  Task<Result<Accepted>> destroy(Caller who, Destroy what);
  Task<Result<Containers>> update_all();
  Task<Result<None>> purge_tombstone(std::string name);
  Task<Status> purge_kept(std::string name);
  void drop_tombstone(const Gone& gone);
  Incarnation incarnation_for(const std::string& name) const;
  Task<Result<Accepted>> request(Caller who, Order order);
  /// Records the order and begins it. Errors: conflict (another is in flight), unavailable.
  Task<Result<Accepted>> accept(Order order);
  Result<Agent*> find(const std::string& name);

  // actions.cpp: what an action does
  Task<> run(std::string name, Order::Crowd crowd);
  Task<Status> perform(std::string name);
  Task<Status> create_container(std::string name);
  Task<Status> start_container(std::string name);
  Task<Status> stop_container(std::string name);
  Task<Status> restart_container(std::string name);
  Task<Status> rebuild_container(std::string name);
  Task<Status> destroy_container(std::string name);
  Task<Result<runtime::Prepared>> prepare(std::string name);
  Task<Status> activate(std::string name, std::string generation);
  Task<Status> turn_ended(std::string name);

  // settle.cpp: how it ends
  Task<> settle(std::string name, Status done);
  Task<Status> record_end(std::string name, Action action, Status done);
  void announce_end(const std::string& name, const Action& action, const Status& done);

  // watching.cpp: what is, and what follows from it
  Task<> bring_up(std::vector<std::string> unfinished);
  void take_up(const std::vector<std::string>& unfinished);
  Task<Status> adopt_containers();
  Task<Status> adopt(runtime::Container container);
  Task<> ensure_manager();
  Task<> begin_what_should_run();
  Task<Status> look(std::string name);
  Task<> look_all();
  Task<> look_each();
  Task<> look_after_all();
  Task<> look_after_each();
  Task<bool> look_until_seen(std::string name);
  Task<> keep_running(std::string name);
  Task<> start_again(std::string name);
  void show(const std::string& name);

  /// The host or this plugin stops: nothing is begun, nothing is judged.
  bool is_ending() const { return host_stops_ || host_.is_stopping(); }

  // questions.cpp
  Task<Result<Preflight>> preflight(std::string name);
  Task<Result<ConfigFiles>> config(ReadConfig what);
  Task<Result<None>> rescan();
  bool is_tombstone(const std::string& name) const;
  /// Nothing: there is none of this name. Valid until the next await.
  const Tombstone* kept_of(const std::string& name) const;

  Host& host_;
  const Settings settings_;
  std::optional<Roster> roster_;
  std::optional<sqlite::Outbox> outbox_;
  Swarm swarm_;
  std::vector<Tombstone> tombstones_;  // newest first
  /// One that is under way.
  struct Purge {
    std::optional<Status> done;
    Signal ended;
  };
  Task<> purge_to_the_end(Gone gone, std::shared_ptr<Purge> purge);
  std::set<std::string> purging_;  // names of tombstones that are being purged
  Turnstile places_{2};
  Signal turn_changed_;
  bool host_stops_ = false;
};

}  // namespace hive::lifecycle
