#include "claude/run.hpp"

#include <hive/os/testing/fake_processes.hpp>
#include <hive/os/testing/manual_time.hpp>

#include <gmock/gmock.h>
#include <boost/json.hpp>

#include <csignal>

namespace hive::harness {
namespace {

using os::testing::Program;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// Longer than a line may be.
std::string long_text() {
  std::string text;
  text.resize(9'000'000, 'x');
  return text;
}

class CliRunTest : public ::testing::Test {
 protected:
  void start(const Program& program, std::string_view prompt = "") {
    processes.program = [program](const auto&) { return Result<Program>(program); };
    auto started = CliRun::start({event_loop, processes}, {.argv = {"claude"}}, prompt,
                                 {.line = [this](std::string_view line) { lines.emplace_back(line); },
                                  .ended = [this](const RunEnd& how) { end = how; }});
    ASSERT_TRUE(started.has_value()) << started.error().message;
    run = std::move(*started);
  }
  /// Until it has written something.
  void begin() {
    event_loop.run_until([this] { return !lines.empty(); });
  }
  void finish() {
    event_loop.run_until([this] { return end.has_value(); });
  }

  os::testing::ManualTime time;
  os::EventLoop event_loop{time};
  os::testing::FakeProcesses processes{event_loop};
  std::vector<std::string> lines;
  std::optional<RunEnd> end;
  std::unique_ptr<CliRun> run;
};

TEST_F(CliRunTest, HandsOutLinesAndTheEnd) {
  start(Program().line("one").line("two").writes("last").complains("oops\n").exits(3));
  finish();
  EXPECT_THAT(lines, ElementsAre("one", "two", "last"));
  EXPECT_TRUE(end->exited);
  EXPECT_EQ(end->code, 3);
  EXPECT_EQ(end->stderr_tail, "oops");
  EXPECT_FALSE(end->asked_to_stop);
}

TEST_F(CliRunTest, ALongPromptArrivesWhole) {
  const std::string prompt(3u << 20, 'x');
  start(Program().exits(0), prompt);
  finish();
  EXPECT_TRUE(processes.started.at(0).input == prompt);
}

TEST_F(CliRunTest, ALineThatIsTooLongIsLeftOutAndNamed) {
  start(Program().line(long_text()).line("next").exits(0));
  finish();
  EXPECT_THAT(lines, ElementsAre("[a line of 9000000 bytes was left out]", "next"));
}

TEST_F(CliRunTest, AResultThatIsTooLongCanStillBeRead) {
  start(Program().line(R"({"result":")" + long_text() + R"(","type":"result"})").exits(0));
  finish();
  ASSERT_THAT(lines, SizeIs(1));
  const auto line = parse_stream_line(lines[0]);
  EXPECT_EQ(line.kind, LineKind::result);
  EXPECT_EQ(line.value.at("result").as_string().size(), 64u << 10);
}

TEST_F(CliRunTest, WhatItLeftBehindIsKilledThoughItHoldsThePipes) {
  start(Program().line("done").exits(0).leaves_children());
  const auto before = time.now();
  finish();
  EXPECT_THAT(lines, ElementsAre("done"));
  EXPECT_EQ(time.now(), before) << "no patience was needed";
}

TEST_F(CliRunTest, WhatCannotBeKilledIsCountedAndWaitedForNoMore) {
  processes.unkillable = 2;
  start(Program().line("done").exits(0).leaves_children());
  finish();
  EXPECT_THAT(lines, ElementsAre("done"));
  EXPECT_EQ(end->left, 2u);
}

TEST_F(CliRunTest, StopInterruptsItFirst) {
  start(Program().line("ready").on(SIGINT, Program().line("interrupted").exits(0)));
  begin();
  run->stop();
  run->stop();
  finish();
  EXPECT_THAT(lines, ElementsAre("ready", "interrupted"));
  EXPECT_TRUE(end->asked_to_stop);
  EXPECT_EQ(end->code, 0);
}

TEST_F(CliRunTest, OneThatIgnoresTheInterruptIsTerminated) {
  start(Program().line("ready").ignores(SIGINT).on(SIGTERM, Program().line("terminated").exits(0)));
  begin();
  run->stop({.interrupt = milliseconds(1), .terminate = milliseconds(60'000)});
  finish();
  EXPECT_THAT(lines, ElementsAre("ready", "terminated"));
}

TEST_F(CliRunTest, OneThatIgnoresTheTerminationTooIsKilled) {
  start(Program().line("ready").ignores(SIGINT).ignores(SIGTERM));
  begin();
  run->stop();
  finish();
  EXPECT_EQ(end->signal, SIGKILL);
  EXPECT_EQ(processes.running(), 0u);
}

TEST_F(CliRunTest, AFloodKeepsNobodyFromStoppingIt) {
  start(Program().line("y").repeats());
  begin();
  run->stop();
  finish();
  EXPECT_EQ(end->signal, SIGINT);
}

TEST_F(CliRunTest, ADroppedRunLeavesNothing) {
  start(Program().line("ready"));
  begin();
  run.reset();
  EXPECT_EQ(processes.running(), 0u);
}

TEST_F(CliRunTest, AProgramThatIsNotThereIsNamed) {
  os::Processes real;
  const auto started = CliRun::start({event_loop, real}, {.argv = {"/nowhere/claude"}}, "", {});
  ASSERT_FALSE(started.has_value());
  EXPECT_THAT(started.error().message, StartsWith("/nowhere/claude"));
}

}  // namespace
}  // namespace hive::harness
