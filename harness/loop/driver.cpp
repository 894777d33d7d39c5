#include "loop/driver.hpp"

#include <hive/sdk/crash_point.hpp>
#include <hive/sdk/duration.hpp>

#include "claude/own_files.hpp"

namespace hive::harness {

Ran Driver::run(const RunSetup& setup, std::string_view prompt, SessionBegan session_began) {
  session_began_ = std::move(session_began);
  const auto began = wall_time();
  const auto clock = system_.event_loop.now();
  auto ran = run_to_end(setup, prompt);
  ran.began = began;
  ran.ended = wall_time();
  ran.took = std::chrono::duration_cast<std::chrono::milliseconds>(system_.event_loop.now() - clock);
  return ran;
}

Ran Driver::run_to_end(const RunSetup& setup, std::string_view prompt) {
  facts_ = {};
  stopped_ = StopReason::none;
  std::optional<RunEnd> end;
  if (const auto mended = mend_cli_files(options_.home_dir)) bus_.note(*mended);
  auto files = write_run_files(options_, setup.config);
  auto started = files ? CliRun::start(system_, run_command(options_, setup, *files), prompt,
                                       {.line = [this](std::string_view line) { take_line(line); },
                                        .ended = [&end](const RunEnd& how) { end = how; }})
                       : Result<std::unique_ptr<CliRun>>(files.error());
  if (!started) return {.verdict = {.outcome = Outcome::not_begun, .reason = started.error().message}};
  run_ = std::move(*started);
  crash_point("harness.cli.started");
  last_output_ = system_.event_loop.now();
  watch_silence();
  watch_deadline();
  system_.event_loop.run_until([&end] { return end.has_value(); });
  crash_point("harness.cli.ended");
  timers_.clear();
  exit_timer_.reset();
  run_.reset();
  if (end->left > 0)
    bus_.note(std::to_string(end->left) + " processes of this turn cannot be killed; restart the agent to end them.");
  auto verdict = verdict_of(*end);
  return {.verdict = std::move(verdict), .facts = std::move(facts_), .stopped = stopped_};
}

Verdict Driver::verdict_of(const RunEnd& end) const {
  auto how = end;
  if (stopped_ == StopReason::lingers) how.asked_to_stop = false;  // its answer counts
  auto verdict = judge(facts_, how);
  if (verdict.outcome != Outcome::cancelled) return verdict;
  switch (stopped_) {
    case StopReason::no_tools:
      return {.outcome = Outcome::vendor_down, .reason = "the CLI could not start the hive's MCP server"};
    case StopReason::deadline:
      return {.outcome = Outcome::failed, .reason = "it took longer than " + duration_text(options_.turn_deadline)};
    case StopReason::shutdown: verdict.reason = "the container was stopped"; break;
    case StopReason::operators: verdict.reason = "the operator cancelled it"; break;
    case StopReason::lingers:
    case StopReason::none: break;
  }
  return verdict;
}

void Driver::take_line(std::string_view text) {
  last_output_ = system_.event_loop.now();
  const auto line = parse_stream_line(text);
  bus_.publish("stream", json_of(line, text));
  facts_.add(line);
  reporter_.output_seen(facts_);
  if (line.kind == LineKind::init && session_began_) std::exchange(session_began_, {})(facts_.stat.session_id);
  if (line.kind == LineKind::result || exit_timer_.is_set()) watch_exit();
  // Without its tools the model can neither answer nor wait: better later than in vain.
  if (line.kind == LineKind::init && facts_.lacks_tools) stop(StopReason::no_tools);
}

void Driver::stop(StopReason why) {
  if (!run_ || stopped_ != StopReason::none) return;
  stopped_ = why;
  run_->stop();
}

void Driver::stop_later(std::chrono::milliseconds grace, StopReason why) {
  if (run_) timers_.push_back(system_.event_loop.after(grace, [this, why] { stop(why); }));
}

void Driver::watch_deadline() {
  timers_.push_back(system_.event_loop.after(options_.turn_deadline, [this] { stop(StopReason::deadline); }));
}

/// Counted from its last line: what it goes on with after an answer may end in another one.
void Driver::watch_exit() {
  exit_timer_ = system_.event_loop.after(options_.exit_limit, [this] {
    if (stopped_ != StopReason::none) return;
    bus_.note("The CLI had answered and did not end; it was ended.");
    stop(StopReason::lingers);
  });
}

/// Silence is reported, once for each time that it begins; the vendor may be slow.
void Driver::watch_silence() {
  timers_.push_back(system_.event_loop.at(last_output_ + options_.silence_limit, [this, since = last_output_] {
    if (since == last_output_) {
      bus_.note("The CLI has written nothing for " + duration_text(options_.silence_limit) + ".");
      last_output_ = system_.event_loop.now();
    }
    watch_silence();
  }));
}

}  // namespace hive::harness
