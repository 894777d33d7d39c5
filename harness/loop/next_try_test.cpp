#include "loop/turn_loop_test_support.hpp"

namespace hive::harness::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

/// What follows an attempt of a turn.
class NextTryTest : public TurnLoopTest {};

/// The same for a CLI that may not linger at all.
class LingeringTest : public TurnLoopTest {
 protected:
  LingeringTest() : TurnLoopTest(std::chrono::seconds(0)) {}
};

TEST_F(NextTryTest, WhatADroppedSessionReceivedIsUnseen) {
  cli_runs(std::string(kBegins) + "if [ $(wc -l < " + (folder.path() / "runs").string() + ") = 1 ]; then\n" +
           std::string(kTakesMore) + std::string(kIsRefused) + "\nexit 1\nfi\n" + std::string(kIsDone));
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
  cli_runs(std::string(kBegins) + "case \"$*\" in *--continue*|*--resume*)\n" + std::string(kIsForbidden) +
           "\nexit 1;; esac\n" + std::string(kIsDone));
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "goes on", "anew"));
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
  EXPECT_EQ(calls("broker.send"), 1u) << "the manager is told";
  EXPECT_THAT(notes(), ElementsAre("The vendor refused the session twice: no; a new one begins."));
}

TEST_F(NextTryTest, WhatANewSessionIsRefusedForIsChargedToTheMessages) {
  cli_runs(std::string(kBegins) + "if grep -q '<<<message'; then\n" + std::string(kIsForbidden) + "\nexit 1\nfi\n" +
           std::string(kIsDone));
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "goes on", "anew", "anew"));
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_FALSE(ends[0].at("ok").as_bool());
}

TEST_F(NextTryTest, AVendorThatRefusesEverythingIsWaitedFor) {
  cli_runs(std::string(kBegins) + std::string(kIsForbidden) + "\nexit 1");
  stop_in = "retrying";
  loop.run();
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_THAT(unseen(0), ElementsAre("wake-1-0")) << "put off";
}

TEST_F(NextTryTest, ASessionThatTheCliCannotReadIsDropped) {
  cli_runs("case \"$*\" in *--continue*|*--resume*) echo broken >&2; exit 1;; esac\n" + std::string(kBegins) +
           std::string(kIsDone));
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
  cli_runs(std::string(kBegins) + "echo no result");
  loop.run();
  EXPECT_EQ(runs(), 1u);
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
}

TEST_F(NextTryTest, APauseHoldsBetweenAttempts) {
  cli_runs(std::string(kBegins) + std::string(kIsRefused) + "\nexit 1");
  act_in("retrying", {.id = 1, .kind = turns::CommandKind::pause});
  stop_in = "paused";
  loop.run();
  EXPECT_EQ(runs(), 1u);
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_THAT(unseen(0), ElementsAre("wake-1-0"));
}

TEST_F(NextTryTest, AParkThatCameDuringAnAttemptHoldsTheNextOne) {
  cli_runs(std::string(kBegins) + "sleep 0.3\n" + std::string(kIsTooLong) + "\nexit 1");
  act_in("thinking", {.id = 1, .kind = turns::CommandKind::park, .until = kLastMoment});
  stop_in = "rate_limited";
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "goes on")) << "the turn and the compaction";
  EXPECT_THAT(ends, SizeIs(1));
}

TEST_F(NextTryTest, CancelEndsATurnThatWaits) {
  cli_runs(std::string(kBegins) + std::string(kIsRefused) + "\nexit 1");
  act_in("retrying", {.id = 1, .kind = turns::CommandKind::cancel, .turn = 1});
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
  EXPECT_EQ(runs(), 1u);
}

TEST_F(NextTryTest, CancelEndsATurnThatWaitsForALogin) {
  cli_runs(std::string(kBegins) +
           R"(echo '{"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":401}')" +
           "\nexit 1");
  act_in("retrying", {.id = 3, .kind = turns::CommandKind::resume});
  act_in("needs_login", {.id = 1, .kind = turns::CommandKind::cancel, .turn = 1});
  act_in("needs_login", {.id = 2, .kind = turns::CommandKind::resume});
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
}

TEST_F(NextTryTest, ACancelForAnotherTurnEndsNothing) {
  cli_runs(std::string(kBegins) + "sleep 0.3\n" + std::string(kIsDone));
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
  cli_runs(std::string(kBegins) + std::string(kIsDone));
  loop.run();
  set_wall_clock(nullptr);
  const auto kept = stats.list({.limit = 8}, std::size_t(1) << 20);
  ASSERT_TRUE(kept.has_value());
  ASSERT_THAT(kept->turns, SizeIs(1));
  EXPECT_GE(kept->turns[0].duration_ms, 0);
  EXPECT_LT(kept->turns[0].ended_at, kept->turns[0].started_at);
}

TEST_F(NextTryTest, EachRunGoesOnWithTheSessionOfTheAgentByItsName) {
  const auto seen = (folder.path() / "arguments").string();
  cli_runs("echo \"$*\" | grep -o -e '--resume [^ ]*' -e --continue >> " + seen + "\n" + std::string(kBegins) +
           std::string(kIsDone));
  last_turn = 3;
  loop.run();
  std::ifstream file(seen);
  std::vector<std::string> arguments;
  for (std::string line; std::getline(file, line);) arguments.push_back(line);
  EXPECT_THAT(arguments, ElementsAre("--continue", "--resume s", "--resume s"));
  EXPECT_EQ(TurnStore(folder.path() / "turns.sqlite", log).session(), "s") << "also over a restart";
}

TEST_F(NextTryTest, ASessionThatIsGoneIsNotWaitedFor) {
  cli_runs("case \"$*\" in *--resume*) echo 'No conversation found with session ID: s' >&2; exit 1;; esac\n" +
           std::string(kBegins) + std::string(kIsDone));
  last_turn = 2;
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "goes on", "anew"));
  EXPECT_EQ(calls("broker.send"), 1u) << "the manager is told";
  ASSERT_THAT(notes(), SizeIs(1));
  EXPECT_THAT(notes()[0], ::testing::StartsWith("The session is gone: "));
}

TEST_F(NextTryTest, ASessionThatWasNeverWrittenIsNoLoss) {
  ASSERT_TRUE(turns.keep_session("s").has_value());
  cli_runs("case \"$*\" in *--resume*) echo 'No conversation found with session ID: s' >&2; exit 1;; esac\n" +
           std::string(kBegins) + std::string(kIsDone));
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "anew"));
  EXPECT_EQ(calls("broker.send"), 0u);
  EXPECT_THAT(notes(), ::testing::IsEmpty());
}

TEST_F(NextTryTest, TheHarnesssOwnQuestionIsNotTheAgentsSession) {
  const auto seen = (folder.path() / "arguments").string();
  cli_runs("case \"$*\" in *--no-session-persistence*) echo apart >> " + seen +
           "; id=probe;; *) id=own;; esac\n"
           "echo '{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"'$id'\"}'\n" +
           "if grep -q '<<<message'; then\n" + std::string(kIsForbidden) + "\nexit 1\nfi\n" + std::string(kIsDone));
  loop.run();
  std::ifstream file(seen);
  std::string word;
  EXPECT_TRUE(file >> word) << "it was asked";
  EXPECT_EQ(turns.session(), "own");
}

TEST_F(LingeringTest, ACliThatHasAnsweredAndStaysIsEnded) {
  cli_runs(std::string(kBegins) + std::string(kIsDone) + "\n" + std::string(kHangs));
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
  EXPECT_THAT(notes(), ElementsAre("The CLI had answered and did not end; it was ended."));
}

TEST_F(NextTryTest, ALimitWhoseEndIsOverIsWaitedOutAllTheSame) {
  cli_runs(
      std::string(kBegins) +
      R"(echo '{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":1}}')" + "\n" +
      R"(echo '{"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":429,"result":"limit"}')" +
      "\nexit 1");
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
  cli_runs(kIsDone);
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
