#pragma once
#include "cgroup.hpp"
#include "control.hpp"
#include "enter.hpp"
#include "machine_names.hpp"
#include "output_log.hpp"

#include <hive/os/lock.hpp>

namespace hive::supervisor {

/// One life of one agent: started, watched, its output and its end written down. Never restarted: that
/// is the host's. Outlives the host; killed, its agent dies with it. One thread: run()
/// runs its event loop, and nothing wakes it while nothing happens.
class Life {
 public:
  /// `host`: the start channel; whoever holds the other end is told the outcome.
  Life(Plan plan, os::Fd host) : plan_(std::move(plan)), host_(std::move(host)) {}

  /// Returns the exit code when the agent has ended. [blocking]
  int run();

 private:
  /// What the agent writes to one of its two pipes.
  struct Output {
    const char* stream;
    os::EventLoop::Watch pipe{};
    std::string partial{};
  };

  Status prepare();
  void find_level();
  void end_leftovers();
  Status start();
  Status clone_recorded(const std::vector<os::Fd>& owners);
  Status record_child();
  Status open_cgroup();
  Status open_names();
  void copy_names();
  Result<std::vector<os::Fd>> map_owners() const;

  void serve();
  void tell_later();
  void tell_watchers();
  void look_for_payload();
  void take_signals();
  void read_output(Output& from);
  void on_request(ControlSocket::Client& client, const Request& request);
  void stop(std::chrono::milliseconds grace);
  void kill_all();
  void finish();
  void note(std::string_view text);
  void answer(const Answer& answer);
  std::string last_words() const;
  pid_t payload() const;
  Notice notice() const;

  os::EventLoop loop_;
  Plan plan_;
  os::Fd host_, folder_, gate_;
  os::Child child_;
  std::optional<os::RecordLock> lock_;
  std::optional<OutputLog> log_;
  std::optional<ControlSocket> control_;
  std::optional<MachineNames> names_;  // none at level `none`: there they are the machine's own
  Level level_;
  Cgroup cgroup_;
  Why why_ = Why::exited;
  Output out_{"out"}, err_{"err"};
  os::EventLoop::Watch signals_, names_changed_;
  os::EventLoop::Timer looking_, killing_, telling_;
  os::EventLoop::Clock::time_point told_at_{};
  std::int64_t told_cursor_ = 0;
  bool ended_ = false, answered_ = false;
};

}  // namespace hive::supervisor
