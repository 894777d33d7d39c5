#include "testing/turn_loop_fixture.hpp"

namespace hive::harness::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(TurnLoopTest, ATurnThatEndsWellSettlesItsMessages) {
  cli_runs(says({kIsDone}));
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
  EXPECT_THAT(unseen(0), IsEmpty());
}

TEST_F(TurnLoopTest, WhatARealCliWroteIsATurn) {
  cli_runs(Cli().plays(HIVE_SOURCE_DIR "/tests/fixtures/claude-cli/tools-builtin-and-mcp.jsonl").exits(0));
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
  ASSERT_TRUE(stats.last_turn());
  EXPECT_EQ(stats.last_turn()->result_kind, "ok");
  EXPECT_EQ(stats.last_turn()->wake_from, "bob");
  EXPECT_GT(stats.last_turn()->tool_call_count, 1);
  EXPECT_GT(stats.last_turn()->cost_usd, 0);
}

TEST_F(TurnLoopTest, AStopInTheMiddleCountsAgainstNoMessage) {
  cli_runs(Cli().line(kTakesMore));
  stop_in = "thinking";
  loop.run();
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_FALSE(ends[0].at("ok").as_bool());
  ASSERT_THAT(unseen(0), SizeIs(2));
  EXPECT_THAT(unseen(0)[0], ::testing::EndsWith("-u1"));
  EXPECT_EQ(unseen(0)[1], "wake-1-0");
}

TEST_F(TurnLoopTest, NorDoesOneWhileTheVendorIsWaitedFor) {
  cli_runs(says({kIsRefused}));
  stop_in = "retrying";
  loop.run();
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_THAT(unseen(0), ElementsAre("wake-1-0"));
}

TEST_F(TurnLoopTest, AfterAStopNothingIsCompactedAndNoRunBegins) {
  cli_runs(Cli().waits(milliseconds(500)).line(kIsTooLong).waits(milliseconds(200)).exits(0));
  stop_in = "compacting";
  loop.run();
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_EQ(runs(), 2u) << "the turn and the compaction that was cut off";
  EXPECT_THAT(unseen(0), ElementsAre("wake-1-0"));
}

TEST_F(TurnLoopTest, CompactingThatWasAskedForComesBeforeTheNextTurn) {
  cli_runs(says({kIsDone}));
  ASSERT_TRUE(turns.set_compact(Time{1}).has_value());
  loop.run();
  EXPECT_EQ(runs(), 2u);
  EXPECT_FALSE(turns.compact_since());
}

TEST_F(TurnLoopTest, CompactingThatAStopCutOffIsWantedStill) {
  cli_runs(Cli());
  ASSERT_TRUE(turns.set_compact(Time{1}).has_value());
  stop_in = "compacting";
  loop.run();
  EXPECT_EQ(turns.compact_since(), Time{1});
}

TEST_F(TurnLoopTest, ACommandThatWasTakenIsANoteThatNamesIt) {
  loop.act({.id = 7, .kind = hive::turns::CommandKind::operator_message, .text = "hello"});
  const auto note = decode_text<page::Note>(bus.recent().back().payload, Unknown::refuse);
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note->command, hive::turns::CommandKind::operator_message);
  EXPECT_EQ(note->id, 7);
  EXPECT_EQ(note->typed, "hello");
  const auto before = bus.last();
  loop.act({.id = 8, .kind = hive::turns::CommandKind::sweep});
  EXPECT_EQ(bus.last(), before);
}

TEST_F(TurnLoopTest, ThePageShowsWhatWaits) {
  for (int id = 1; id <= 40; ++id)
    ASSERT_TRUE(turns.take_command(id, OperatorMessage{id, Time{id}, std::string(1'000, 'x')}).has_value());
  loop.act({.id = 41, .kind = hive::turns::CommandKind::compact});
  loop.act({.id = 42, .kind = hive::turns::CommandKind::model, .model = "opus"});
  const auto state = loop.page_state();
  EXPECT_EQ(state.queue.typed_count, 40);
  ASSERT_THAT(state.queue.typed, SizeIs(32));
  EXPECT_EQ(state.queue.typed[0].text.size(), 512u);
  EXPECT_TRUE(state.queue.compact_since);
  EXPECT_FALSE(state.queue.new_session_since);
  EXPECT_EQ(state.model.name, "opus");
  EXPECT_EQ(state.model.from, page::ModelFrom::choice);
  EXPECT_FALSE(state.model.in_use);
  EXPECT_EQ(state.login, page::Login::key);
  loop.act({.id = 43, .kind = hive::turns::CommandKind::model, .model = "default"});
  EXPECT_EQ(loop.page_state().model.from, page::ModelFrom::built_in);
}

TEST_F(TurnLoopTest, AFailureOfTheMessagesStillCounts) {
  cli_runs(says({kBegins}, 3));
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_FALSE(ends[0].at("ok").as_bool());
  EXPECT_THAT(unseen(0), IsEmpty());
}

TEST_F(TurnLoopTest, AnOutcomeIsToldUntilTheHostTookIt) {
  cli_runs(says({kIsDone}));
  refusals = {Code::busy, Code::internal};
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_EQ(ends[0].at("turn").as_int64(), 1);
  EXPECT_TRUE(ends[0].at("ok").as_bool());
}

TEST_F(TurnLoopTest, AnOutcomeThatTheHostWillNeverTakeIsGivenUp) {
  cli_runs(says({kIsDone}));
  refusals = {Code::not_found};
  loop.run();
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_EQ(ends[0].at("turn").as_int64(), 2);
}

TEST_F(TurnLoopTest, WhatTheOperatorTypedIsSettledWithATurnThatEndedWell) {
  ASSERT_TRUE(turns.take_command(1, OperatorMessage{1, wall_time(), "typed"}).has_value());
  cli_runs(says({kIsDone}));
  loop.run();
  EXPECT_THAT(prompts(), ElementsAre(::testing::HasSubstr("typed")));
  EXPECT_THAT(turns.operator_messages(), IsEmpty());
}

TEST_F(TurnLoopTest, WhatTheOperatorTypedIsHandedOutAgainAfterATurnThatFailed) {
  ASSERT_TRUE(turns.take_command(1, OperatorMessage{1, wall_time(), "typed"}).has_value());
  cli_runs(says({kBegins}, 3));
  loop.run();
  ASSERT_THAT(turns.operator_messages(), SizeIs(1));
  EXPECT_EQ(turns.operator_messages()[0].tries, 1);
}

TEST_F(TurnLoopTest, APromptHoldsAsMuchOfWhatWasTypedAsFits) {
  for (std::int64_t id = 1; id <= 3; ++id)
    ASSERT_TRUE(turns.take_command(id, OperatorMessage{id, wall_time(), std::string(60'000, 'x')}).has_value());
  cli_runs(says({kIsDone}));
  loop.run();
  ASSERT_THAT(turns.operator_messages(), SizeIs(1));
  EXPECT_EQ(turns.operator_messages()[0].id, 3);
}

TEST_F(TurnLoopTest, ANewSessionThatIsAskedForWhileOneBeginsIsStillToCome) {
  ASSERT_TRUE(turns.want_new_session().has_value());
  time.advance(milliseconds(1));
  bus.subscribe([this](const LiveEvent& event) {
    if (event.kind != "turn_start") return;
    event_loop.post([this] { loop.act({.id = 1, .kind = turns::CommandKind::new_session}); });
  });
  cli_runs(Cli().line(kBegins).waits(milliseconds(200)).line(kIsDone).exits(0));
  loop.run();
  EXPECT_TRUE(turns.new_session_since());
}

TEST_F(TurnLoopTest, ACutOffTurnIsToldUntilTheModelWasReached) {
  ASSERT_TRUE(turns.begin(1, 0).has_value());
  turns = TurnStore(folder.path() / "turns.sqlite", log);
  turn = 1;
  bus.subscribe([this](const LiveEvent& event) {
    if (event.kind != "turn_state_changed" || event.payload.find("retrying") == event.payload.npos) return;
    event_loop.post([this] { loop.act({.id = 1, .kind = turns::CommandKind::resume}); });
  });
  cli_runs([this](const CliStart&) { return runs() == 1 ? says({kIsRefused}, 1) : says({kIsDone}); });
  last_turn = 2;
  loop.run();
  EXPECT_THAT(prompts(), ::testing::Each(::testing::HasSubstr("was cut off")));
  EXPECT_THAT(prompts(), SizeIs(2));
  EXPECT_FALSE(turns.cut_off());
}

}  // namespace
}  // namespace hive::harness::testing
