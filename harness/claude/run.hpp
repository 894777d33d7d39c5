#pragma once
#include <hive/os/process.hpp>

#include "base/event_loop.hpp"
#include "base/long_line.hpp"
#include "stream/judge.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace hive::harness {

/// Kills and reaps every child of this process, and what they leave to it, until there is none; gives how
/// many are left after 5 s. It must be a subreaper. The sandbox shows no cgroup tree, so it cannot be done
/// by a cgroup for each run; the supervisor's own ends the rest with the agent. [blocking]
std::size_t kill_leftovers();
/// Reaps children that have ended but for `kept`, so that a long turn leaves no zombies. [any-thread]
void reap_others(pid_t kept);

/// One run of the CLI: starts it, hands out its lines, ends it and all that it left behind. One thread:
/// that of the event loop, which outlives it.
class CliRun {
 public:
  struct Handlers {
    std::function<void(std::string_view line)> line;  // of standard output
    std::function<void(const RunEnd&)> ended;         // once and last; the run may be destroyed in it
  };

  /// How long it has to end after an interrupt, and then after a termination. The CLI was seen to take up to 1.5 s.
  struct Patience {
    milliseconds interrupt{5'000}, terminate{3'000};
  };

  /// `prompt` is its standard input. Errors: not_found, unavailable. [blocking until it is executed]
  static Result<std::unique_ptr<CliRun>> start(EventLoop& event_loop, os::Command command, std::string_view prompt,
                                               Handlers handlers);
  ~CliRun();
  CliRun(const CliRun&) = delete;

  pid_t pid() const { return child_.pid; }
  /// Asks it to end: an interrupt, then a termination, then the end of everything. May be repeated.
  void stop(Patience patience);
  void stop() { stop(Patience{}); }

 private:
  CliRun(EventLoop& event_loop, os::Child child, os::Fd out, os::Fd err, Handlers handlers);

  void read_output();
  void take_output(std::string_view bytes);
  void read_errors();
  void child_ended();
  void close_pipes();
  void signal_later(int signal);
  void finish_if_done();

  EventLoop& event_loop_;
  os::Child child_;
  Handlers handlers_;
  LongLine line_;
  RunEnd end_;
  Patience patience_;
  bool has_ended_ = false;
  EventLoop::Watch out_, err_, ending_;
  EventLoop::Timer timer_;
};

}  // namespace hive::harness
