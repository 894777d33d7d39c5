#pragma once
#include "cgroup.hpp"
#include "control.hpp"
#include "enter.hpp"
#include "machine_names.hpp"
#include "output_log.hpp"

#include <hive/os/lock.hpp>

#include <chrono>

namespace hive::supervisor {

/// One life of one agent: started, watched, its output and its end written down. Never restarted: that
/// is the host's. Outlives the host; killed, its agent dies with it. One thread; every call of run()
/// blocks in poll, and nothing wakes it while nothing happens.
class Life {
 public:
  /// `host`: the start channel; whoever holds the other end is told the outcome.
  Life(Plan plan, os::Fd host) : plan_(std::move(plan)), host_(std::move(host)) {}

  /// Returns the exit code when the agent has ended. [blocking]
  int run();

 private:
  using Clock = std::chrono::steady_clock;

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
  void turn(const std::vector<pollfd>& polled);
  int wait_ms() const;
  void tell_watchers();
  void look_for_payload();
  void take_signals();
  void read_output(os::Fd& from, std::string& partial, const char* stream);
  void on_request(ControlSocket::Client& client, const Request& request);
  void stop(std::chrono::milliseconds grace);
  void kill_all();
  void finish();
  void note(std::string_view text);
  void answer(const Answer& answer);
  std::string last_words() const;
  pid_t payload() const;
  Notice notice() const;

  Plan plan_;
  os::Fd host_, folder_, gate_, out_, err_, signals_;
  os::Child child_;
  std::optional<os::RecordLock> lock_;
  std::optional<OutputLog> log_;
  std::optional<ControlSocket> control_;
  std::optional<MachineNames> names_;  // none at level `none`: there they are the machine's own
  Level level_;
  Cgroup cgroup_;
  Why why_ = Why::exited;
  std::string out_text_, err_text_;
  std::optional<Clock::time_point> kill_at_;
  Clock::time_point told_at_{};
  std::int64_t told_cursor_ = 0;
  bool ended_ = false, answered_ = false;
};

}  // namespace hive::supervisor
