#pragma once
#include "supervisor/plan.hpp"

#include <hive/os/loop_thread.hpp>

#include <filesystem>

namespace hive::runtime_local {

/// What one agent's container has become.
struct Change {
  std::string name;
  runtime::State state = runtime::State::stopped;
  Time since;
  std::optional<runtime::SandboxLevel> sandbox;
  std::optional<std::string> reason;  // why it was refused, or how it ended when nobody had asked for it
};

/// Told by the keeper, on its thread; `warn` on any.
struct KeeperEvents {
  std::function<void(Change)> changed;
  std::function<void(std::string name, std::int64_t cursor)> output;
  std::function<void(std::string)> warn;
};

struct KeeperPlaces {
  std::filesystem::path root, supervisor;
  std::chrono::milliseconds start_limit{60'000};  // for a supervisor to answer
};

/// Starts, adopts, watches and stops the supervisors, on one thread of its own that does everything
/// that blocks, but for the ends of agents, which have a thread each while they last; nothing wakes it
/// while nothing happens. A supervisor runs when it holds its lock:
/// whoever started it, it is treated alike. Destroying the keeper leaves all of them running.
class Keeper {
 public:
  /// Finds what runs and ends what a killed supervisor has left; `found` gets one Change an agent that
  /// has ever run. Errors: unavailable. [blocking]
  static Result<std::unique_ptr<Keeper>> create(KeeperPlaces places, KeeperEvents events, std::vector<Change>& found);
  ~Keeper();

  /// Changed: starting, then running, refused or stopped. Nothing when it is not stopped. [any-thread]
  void start(supervisor::Plan plan);
  /// Changed: stopping, then stopped, when nothing of it is left. [any-thread]
  void stop(std::string name, std::chrono::milliseconds grace);
  /// Of an agent that is stopped: it is as if it had never run. [any-thread]
  void forget(std::string name);

 private:
  struct Agent;

  Keeper(KeeperPlaces places, KeeperEvents events);
  Status open();
  std::vector<Change> find_all();
  void post(os::LoopThread::Job job) { thread_->post(std::move(job)); }

  void begin(supervisor::Plan plan);
  void begin_stop(const std::string& name, std::chrono::milliseconds grace);
  void read_answer(Agent& agent);
  void take_answer(Agent& agent, const std::string& line);
  void take_over(Agent& agent, std::optional<std::string> reason = {});
  void give_up_start(Agent& agent);
  bool adopt(Agent& agent);
  void watch(Agent& agent);
  void watch_later(Agent& agent);
  void read_notices(Agent& agent);
  void ask_to_stop(Agent& agent);
  void lost(Agent& agent);
  void clean(Agent& agent, std::optional<std::string> reason = {});
  void cleaned(const std::string& name, std::optional<std::string> reason);
  void tell_last_output(Agent& agent);
  void set_state(Agent& agent, runtime::State state, std::optional<std::string> reason = {});
  void end_leftovers(const std::string& name);
  std::optional<std::string> how_it_ended(const std::string& name) const;
  template <class T>
  Result<T> read_record(const std::string& file) const;

  KeeperPlaces places_;
  KeeperEvents events_;
  os::Fd folder_, log_;
  std::unique_ptr<os::LoopThread> thread_;
  std::map<std::string, std::unique_ptr<Agent>> agents_;
};

}  // namespace hive::runtime_local
