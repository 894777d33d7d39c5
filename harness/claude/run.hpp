#pragma once
#include <hive/os/event_loop.hpp>
#include <hive/os/processes.hpp>

#include "base/long_line.hpp"
#include "stream/judge.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace hive::harness {

/// One run of the CLI: starts it, hands out its lines, ends it and all that it left behind. The sandbox shows no
/// cgroup tree, so what it left is found among the children of this process; the supervisor's cgroup ends the rest
/// with the agent. One thread: that of the event loop, which outlives it.
class CliRun {
 public:
  /// What runs are started with.
  struct System {
    os::EventLoop& event_loop;
    os::Processes& processes;
  };
  struct Handlers {
    std::function<void(std::string_view line)> line;  // of standard output
    std::function<void(const RunEnd&)> ended;         // once and last; the run may be destroyed in it
  };

  /// How long it has to end after an interrupt, and then after a termination. The CLI was seen to take up to 1.5 s.
  struct Patience {
    std::chrono::milliseconds interrupt{5'000}, terminate{3'000};
  };

  /// `prompt` is its standard input. Errors: not_found, unavailable. [blocking until it is executed]
  static Result<std::unique_ptr<CliRun>> start(System system, os::Command command, std::string_view prompt,
                                               Handlers handlers);
  ~CliRun();
  CliRun(const CliRun&) = delete;

  pid_t pid() const { return child_.pid; }
  /// Asks it to end: an interrupt, then a termination, then the end of everything. May be repeated.
  void stop(Patience patience);
  void stop() { stop(Patience{}); }

 private:
  struct Pipes {
    os::Fd out, err;
  };
  CliRun(System system, os::Child child, Pipes pipes, Handlers handlers);

  void read_output();
  void take_output(std::string_view bytes);
  void read_errors();
  void child_ended();
  void close_pipes();
  void send(int signal);
  void signal_later(int signal);
  void finish_if_done();

  System system_;
  os::Child child_;
  Handlers handlers_;
  LongLine line_;
  RunEnd end_;
  Patience patience_;
  bool has_ended_ = false;
  os::EventLoop::Watch out_, err_, ending_;
  os::EventLoop::Timer timer_;
};

}  // namespace hive::harness
