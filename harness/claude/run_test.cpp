#include "claude/run.hpp"

#include <gmock/gmock.h>
#include <boost/json.hpp>

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>

namespace hive::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class CliRunTest : public ::testing::Test {
 protected:
  CliRunTest() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

  void start(const std::string& script, std::string_view prompt = "") {
    auto started =
        CliRun::start(event_loop, {.argv = {"/bin/sh", "-c", script}, .environment = {"PATH=/usr/bin:/bin"}}, prompt,
                      {.line = [this](std::string_view line) { lines.emplace_back(line); },
                       .ended = [this](const RunEnd& how) { end = how; }});
    ASSERT_TRUE(started.has_value()) << started.error().message;
    run = std::move(*started);
  }
  void finish() {
    event_loop.run_until([this] { return end.has_value(); });
  }

  EventLoop event_loop;
  std::vector<std::string> lines;
  std::optional<RunEnd> end;
  std::unique_ptr<CliRun> run;
};

TEST_F(CliRunTest, HandsOutLinesAndTheEnd) {
  start("cat; printf 'last'; echo oops >&2; exit 3", "one\ntwo\n");
  finish();
  EXPECT_THAT(lines, ElementsAre("one", "two", "last"));
  EXPECT_TRUE(end->exited);
  EXPECT_EQ(end->code, 3);
  EXPECT_EQ(end->stderr_tail, "oops");
  EXPECT_FALSE(end->asked_to_stop);
}

TEST_F(CliRunTest, ALongPromptArrivesWhole) {
  start("wc -c", std::string(3u << 20, 'x'));
  finish();
  EXPECT_THAT(lines, ElementsAre("3145728"));
}

TEST_F(CliRunTest, ALineThatIsTooLongIsLeftOutAndNamed) {
  start("head -c 9000000 /dev/zero | tr '\\0' x; echo; echo next");
  finish();
  EXPECT_THAT(lines, ElementsAre("[a line of 9000000 bytes was left out]", "next"));
}

TEST_F(CliRunTest, AResultThatIsTooLongCanStillBeRead) {
  start("printf '{\"result\":\"'; head -c 9000000 /dev/zero | tr '\\0' x; echo '\",\"type\":\"result\"}'");
  finish();
  ASSERT_THAT(lines, SizeIs(1));
  const auto line = parse_stream_line(lines[0]);
  EXPECT_EQ(line.kind, LineKind::result);
  EXPECT_EQ(line.value.at("result").as_string().size(), 64u << 10);
}

TEST_F(CliRunTest, WhatItLeftBehindIsKilledThoughItHoldsThePipes) {
  start("setsid tail -f /dev/null & setsid sh -c 'tail -f /dev/null & tail -f /dev/null' & echo done");
  finish();
  EXPECT_THAT(lines, ElementsAre("done"));
  EXPECT_THAT(os::children_of(::getpid()), IsEmpty());
}

TEST_F(CliRunTest, StopInterruptsItFirst) {
  start("trap 'echo interrupted; exit 0' INT; echo ready; while :; do tail -f /dev/null & wait; done");
  event_loop.run_until([this] { return !lines.empty(); });
  run->stop();
  run->stop();
  finish();
  EXPECT_THAT(lines, ElementsAre("ready", "interrupted"));
  EXPECT_TRUE(end->asked_to_stop);
  EXPECT_EQ(end->code, 0);
}

TEST_F(CliRunTest, OneThatIgnoresTheInterruptIsTerminated) {
  start("trap '' INT; trap 'echo terminated; exit 0' TERM; echo ready; while :; do tail -f /dev/null & wait; done");
  event_loop.run_until([this] { return !lines.empty(); });
  run->stop({.interrupt = milliseconds(1), .terminate = milliseconds(60'000)});
  finish();
  EXPECT_THAT(lines, ElementsAre("ready", "terminated"));
}

TEST_F(CliRunTest, OneThatIgnoresTheTerminationTooIsKilled) {
  start("trap '' INT TERM; echo ready; while :; do tail -f /dev/null; done");
  event_loop.run_until([this] { return !lines.empty(); });
  run->stop({.interrupt = milliseconds(1), .terminate = milliseconds(1)});
  finish();
  EXPECT_EQ(end->signal, SIGKILL);
  EXPECT_THAT(os::children_of(::getpid()), IsEmpty());
}

TEST_F(CliRunTest, AFloodKeepsNobodyFromStoppingIt) {
  start("exec yes");
  event_loop.run_until([this] { return !lines.empty(); });
  run->stop();
  finish();
  EXPECT_EQ(end->signal, SIGINT);
}

TEST_F(CliRunTest, ADroppedRunLeavesNothing) {
  start("echo ready; tail -f /dev/null");
  event_loop.run_until([this] { return !lines.empty(); });
  run.reset();
  EXPECT_THAT(os::children_of(::getpid()), IsEmpty());
}

TEST_F(CliRunTest, AProgramThatIsNotThereIsNamed) {
  const auto started = CliRun::start(event_loop, {.argv = {"/nowhere/claude"}}, "", {});
  ASSERT_FALSE(started.has_value());
  EXPECT_THAT(started.error().message, StartsWith("/nowhere/claude"));
}

TEST_F(CliRunTest, ZombiesOfOthersAreReapedAndTheRunIsNot) {
  start("(tail -f /dev/null & echo $!) ; read forever < /dev/zero");
  event_loop.run_until([this] { return lines.size() == 1; });
  const auto orphan = pid_t(std::stol(lines[0]));
  ::kill(orphan, SIGKILL);
  while (os::children_of(::getpid()).size() > 1) reap_others(run->pid());
  EXPECT_THAT(os::children_of(::getpid()), ElementsAre(run->pid()));
}

}  // namespace
}  // namespace hive::harness
