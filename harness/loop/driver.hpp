#pragma once
#include "claude/run.hpp"
#include "claude/setup.hpp"
#include "event/bus.hpp"
#include "loop/reporter.hpp"

namespace hive::harness {

/// Why a run is to end before it is done.
/// lingers: it has answered and does not exit.
enum class StopReason { none, operators, deadline, shutdown, no_tools, lingers };

/// One run of the CLI, judged.
struct Ran {
  Verdict verdict;
  RunFacts facts;
  StopReason stopped = StopReason::none;
  Time began{}, ended{};
  std::chrono::milliseconds took{};  // by the monotonic clock
};

/// Runs the CLI from prompt to verdict: its lines become events and facts, its time is bounded. One
/// thread; everything else goes on while it runs.
class Driver {
 public:
  Driver(CliRun::System system, const Options& options, EventBus& bus, Reporter& reporter)
      : system_(system), options_(options), bus_(bus), reporter_(reporter) {}

  /// Told once in a run which session it has.
  using SessionBegan = std::function<void(const std::string& id)>;

  /// A run that cannot even start is a verdict too. [blocking, until the CLI and all it left has ended]
  Ran run(const RunSetup& setup, std::string_view prompt, SessionBegan began = {});
  /// Ends the run that is under way; without one nothing happens.
  void stop(StopReason why);
  /// Ends it after `grace`, if it is still the same run then.
  void stop_later(std::chrono::milliseconds grace, StopReason why);
  bool is_running() const { return run_ != nullptr; }
  pid_t pid() const { return run_ ? run_->pid() : -1; }

 private:
  Ran run_to_end(const RunSetup& setup, std::string_view prompt);
  void take_line(std::string_view text);
  void watch_silence();
  void watch_deadline();
  /// The CLI has answered: it should end by itself soon.
  void watch_exit();
  Verdict verdict_of(const RunEnd& end) const;

  CliRun::System system_;
  const Options& options_;
  EventBus& bus_;
  Reporter& reporter_;
  std::unique_ptr<CliRun> run_;
  RunFacts facts_;
  StopReason stopped_ = StopReason::none;
  SessionBegan session_began_;
  os::EventLoop::Clock::time_point last_output_;
  os::EventLoop::Timer exit_timer_;
  std::vector<os::EventLoop::Timer> timers_;
};

}  // namespace hive::harness
