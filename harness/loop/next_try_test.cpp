#include "testing/turn_loop_fixture.hpp"

namespace hive::harness::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

bool has_messages(const CliStart& start) {
  return start.input.find("<<<message") != start.input.npos;
}

/// A CLI that has lost every session.
Cli finds_no_session(const CliStart& start) {
  if (!start.has("--resume")) return says({kBegins, kIsDone});
  return Cli().complains("No conversation found with session ID: s\n").exits(1);
}

/// What follows an attempt of a turn.
class NextTryTest : public TurnLoopTest {};

/// The same for a CLI that may not linger at all.
class LingeringTest : public TurnLoopTest {
 protected:
  LingeringTest() : TurnLoopTest(std::chrono::seconds(0)) {}
};

TEST_F(NextTryTest, WhatADroppedSessionReceivedIsUnseen) {
  cli_runs([this](const CliStart&) {
    return runs() == 1 ? says({kBegins, kTakesMore, kIsRefused}, 1) : says({kBegins, kIsDone});
  });
  act_in("retrying", {.id = 1, .kind = turns::CommandKind::new_session});
  act_in("retrying", {.id = 2, .kind = turns::CommandKind::resume});
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "anew"));
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
  ASSERT_THAT(unseen(0), SizeIs(1));
  EXPECT_THAT(unseen(0)[0], ::testing::EndsWith("-u1"));
}

TEST_F(NextTryTest, ASessionThatIsRefusedTwiceIsDropped) {
  cli_runs([](const CliStart& start) {
    return goes_on(start) ? says({kBegins, kIsForbidden}, 1) : says({kBegins, kIsDone});
  });
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "goes on", "anew"));
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
  EXPECT_EQ(calls("broker.send"), 1u) << "the manager is told";
  EXPECT_THAT(notes(), ElementsAre("The vendor refused the session twice: no; a new one begins."));
}

TEST_F(NextTryTest, WhatANewSessionIsRefusedForIsChargedToTheMessages) {
  cli_runs([](const CliStart& start) {
    return has_messages(start) ? says({kBegins, kIsForbidden}, 1) : says({kBegins, kIsDone});
  });
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "goes on", "anew", "anew"));
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_FALSE(ends[0].at("ok").as_bool());
}

TEST_F(NextTryTest, AVendorThatRefusesEverythingIsWaitedFor) {
  cli_runs(says({kBegins, kIsForbidden}, 1));
  stop_in = "retrying";
  loop.run();
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_THAT(unseen(0), ElementsAre("wake-1-0")) << "put off";
}

TEST_F(NextTryTest, ASessionThatTheCliCannotReadIsDropped) {
  cli_runs([](const CliStart& start) {
    return goes_on(start) ? Cli().complains("broken\n").exits(1) : says({kBegins, kIsDone});
  });
  bus.subscribe([this](const LiveEvent& event) {
    if (event.kind == "turn_state_changed" && event.payload.find("retrying") != event.payload.npos)
      event_loop.post([this] { loop.act({.id = 9, .kind = turns::CommandKind::resume}); });
  });
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "goes on", "anew"));
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
}

TEST_F(NextTryTest, WhatEndedWellAndCannotBeReadIsNotRepeated) {
  cli_runs(says({kBegins, "no result"}));
  loop.run();
  EXPECT_EQ(runs(), 1u);
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
}

TEST_F(NextTryTest, APauseHoldsBetweenAttempts) {
  cli_runs(says({kBegins, kIsRefused}, 1));
  act_in("retrying", {.id = 1, .kind = turns::CommandKind::pause});
  stop_in = "paused";
  loop.run();
  EXPECT_EQ(runs(), 1u);
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_THAT(unseen(0), ElementsAre("wake-1-0"));
}

TEST_F(NextTryTest, AParkThatCameDuringAnAttemptHoldsTheNextOne) {
  cli_runs(Cli().line(kBegins).waits(milliseconds(300)).line(kIsTooLong).exits(1));
  act_in("thinking", {.id = 1, .kind = turns::CommandKind::park, .until = kLastMoment});
  stop_in = "rate_limited";
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "goes on")) << "the turn and the compaction";
  EXPECT_THAT(ends, SizeIs(1));
}

TEST_F(NextTryTest, WhatTheLastAttemptEndedOfIsToldAndNotWhatItsCompactionDid) {
  cli_runs([this](const CliStart&) {
    if (runs() == 1) return says({kBegins, kIsTooLong}, 1);
    return runs() == 2 ? says({kBegins, kIsRefused}, 1) : says({kBegins, kIsDone});
  });
  act_in("retrying", {.id = 1, .kind = turns::CommandKind::resume});
  loop.run();
  ASSERT_EQ(runs(), 3u) << "the turn, the compaction and the turn again";
  EXPECT_THAT(processes.started[2].input, HasSubstr("ended early, too long"));
}

TEST_F(NextTryTest, CancelEndsATurnThatWaits) {
  cli_runs(says({kBegins, kIsRefused}, 1));
  act_in("retrying", {.id = 1, .kind = turns::CommandKind::cancel, .turn = 1});
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
  EXPECT_EQ(runs(), 1u);
}

TEST_F(NextTryTest, CancelEndsATurnThatWaitsForALogin) {
  cli_runs(
      says({kBegins, R"({"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":401})"}, 1));
  act_in("retrying", {.id = 3, .kind = turns::CommandKind::resume});
  act_in("needs_login", {.id = 1, .kind = turns::CommandKind::cancel, .turn = 1});
  act_in("needs_login", {.id = 2, .kind = turns::CommandKind::resume});
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
}

TEST_F(NextTryTest, ACancelForAnotherTurnEndsNothing) {
  cli_runs(Cli().line(kBegins).waits(milliseconds(300)).line(kIsDone).exits(0));
  act_in("thinking", {.id = 1, .kind = turns::CommandKind::cancel, .turn = 7});
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  const auto kept = stats.list({.limit = 8}, std::size_t(1) << 20);
  ASSERT_TRUE(kept.has_value());
  ASSERT_THAT(kept->turns, SizeIs(1));
  EXPECT_EQ(kept->turns[0].result_kind, "ok");
  EXPECT_THAT(notes(), ElementsAre("Turn 7 is not under way; nothing was cancelled."));
}

TEST_F(NextTryTest, ADurationIsNotOfTheWallClock) {
  static std::int64_t looks = 0;
  set_wall_clock([] { return Time{1'000'000'000 - ++looks * 60'000}; });  // set back again and again
  cli_runs(says({kBegins, kIsDone}));
  loop.run();
  const auto kept = stats.list({.limit = 8}, std::size_t(1) << 20);
  ASSERT_TRUE(kept.has_value());
  ASSERT_THAT(kept->turns, SizeIs(1));
  EXPECT_GE(kept->turns[0].duration_ms, 0);
  EXPECT_LT(kept->turns[0].ended_at, kept->turns[0].started_at);
}

TEST_F(NextTryTest, EachRunGoesOnWithTheSessionOfTheAgentByItsName) {
  cli_runs(says({kBegins, kIsDone}));
  last_turn = 3;
  loop.run();
  std::vector<std::string> arguments;
  arguments.reserve(runs());
  for (const auto& start : processes.started)
    arguments.push_back(start.has("--continue") ? "--continue" : "--resume " + start.value_of("--resume"));
  EXPECT_THAT(arguments, ElementsAre("--continue", "--resume s", "--resume s"));
  EXPECT_EQ(TurnStore(folder.path() / "turns.sqlite", log).session(), "s") << "also over a restart";
}

TEST_F(NextTryTest, ASessionThatIsGoneIsNotWaitedFor) {
  cli_runs(&finds_no_session);
  last_turn = 2;
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "goes on", "anew"));
  EXPECT_EQ(calls("broker.send"), 1u) << "the manager is told";
  ASSERT_THAT(notes(), SizeIs(1));
  EXPECT_THAT(notes()[0], ::testing::StartsWith("The session is gone: "));
}

TEST_F(NextTryTest, ASessionThatWasNeverWrittenIsNoLoss) {
  ASSERT_TRUE(turns.keep_session("s").has_value());
  cli_runs(&finds_no_session);
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "anew"));
  EXPECT_EQ(calls("broker.send"), 0u);
  EXPECT_THAT(notes(), ::testing::IsEmpty());
}

TEST_F(NextTryTest, TheHarnesssOwnQuestionIsNotTheAgentsSession) {
  cli_runs([](const CliStart& start) {
    const std::string id = start.has("--no-session-persistence") ? "probe" : "own";
    const auto begins = R"({"type":"system","subtype":"init","session_id":")" + id + "\"}";
    return has_messages(start) ? says({begins, kIsForbidden}, 1) : says({begins, kIsDone});
  });
  loop.run();
  EXPECT_TRUE(std::ranges::any_of(processes.started, [](auto& start) { return start.has("--no-session-persistence"); }))
      << "it was asked";
  EXPECT_EQ(turns.session(), "own");
}

TEST_F(LingeringTest, ACliThatHasAnsweredAndStaysIsEnded) {
  cli_runs(Cli().line(kBegins).line(kIsDone));
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
  EXPECT_THAT(notes(), ElementsAre("The CLI had answered and did not end; it was ended."));
}

TEST_F(NextTryTest, ALimitWhoseEndIsOverIsWaitedOutAllTheSame) {
  cli_runs(says(
      {kBegins, R"({"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":1}})",
       R"({"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":429,"result":"limit"})"},
      1));
  stop_in = "rate_limited";
  loop.run();
  EXPECT_EQ(runs(), 2u) << "its own time is believed once";
  EXPECT_THAT(unseen(0), ElementsAre("wake-1-0")) << "put off";
}

TEST_F(NextTryTest, ALoginIsToldToThePage) {
  std::filesystem::remove(folder.path() / "credential.json");
  bus.subscribe([this](const LiveEvent& event) {
    if (event.kind == "status_changed" && event.payload.find("needs_login") != event.payload.npos)
      std::ofstream(folder.path() / "credential.json") << R"({"api_key":"test-key"})";
  });
  cli_runs(says({kIsDone}));
  loop.run();
  std::vector<std::string> told;
  for (const auto& event : bus.recent())
    if (event.kind == "status_changed") told.push_back(event.payload);
  EXPECT_THAT(told, ElementsAre(R"({"status":"needs_login_idle"})", R"({"status":"online"})"));
  EXPECT_EQ(runs(), 1u);
}

TEST_F(NextTryTest, ASweepKeepsStatisticsOf180Days) {
  constexpr std::int64_t kDayMs = 86'400'000;
  for (const std::int64_t days : {181, 179})
    ASSERT_TRUE(stats.add("alice", {.started_at = Time{wall_time().ms - days * kDayMs}}).has_value());
  loop.act({.id = 1, .kind = turns::CommandKind::sweep});
  const auto kept = stats.list({.limit = 8}, std::size_t(1) << 20);
  ASSERT_TRUE(kept.has_value());
  ASSERT_THAT(kept->turns, SizeIs(1));
  EXPECT_GT(kept->turns[0].started_at.ms, wall_time().ms - 180 * kDayMs);
}

}  // namespace
}  // namespace hive::harness::testing
