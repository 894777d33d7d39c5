#include <gmock/gmock.h>

#include <filesystem>

#include "testing/turns_fixture.hpp"

namespace hive::turns {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(TurnsTest, KeepsOneReportAnAgentOverARestart) {
  given_report("agent:alice", TurnState::idle);
  given_report("agent:alice", TurnState::thinking, 2);
  given_report("manager", TurnState::needs_login);
  restart();
  const auto all = host_->call("operator", kList, kNothing);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->agents.size(), 2u);
  EXPECT_EQ(all->agents[0].name, "alice");
  EXPECT_EQ(all->agents[0].report.state, TurnState::thinking);
  EXPECT_EQ(all->agents[1].name, "manager");
}

TEST_F(TurnsTest, AReportThatTheDiskRefusedIsStoredWhenItComesAgain) {
  given_report("agent:alice", TurnState::idle);
  auto other = sqlite::Database::open({.file = folder_.path() / "turns.sqlite", .owner = "test"});
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->script("CREATE TRIGGER full BEFORE UPDATE ON reports BEGIN SELECT RAISE(ABORT, 'full'); END"));
  const auto thinking = report_of(TurnState::thinking, 2);
  EXPECT_FALSE(host_->call("agent:alice", kReport, thinking));
  ASSERT_TRUE(other->script("DROP TRIGGER full"));
  ASSERT_TRUE(host_->call("agent:alice", kReport, thinking));
  restart();
  EXPECT_EQ(host_->call("operator", kList, kNothing)->agents[0].report.state, TurnState::thinking);
}

TEST_F(TurnsTest, WhatCannotBeReadIsLeftOutAndLogged) {
  given_report("agent:alice", TurnState::idle);
  given_report("agent:bob", TurnState::idle);
  const auto lost = give("alice", CommandKind::compact);
  const auto next = give("alice", CommandKind::new_session);
  ASSERT_TRUE(lost && next);
  auto other = sqlite::Database::open({.file = folder_.path() / "turns.sqlite", .owner = "test"});
  ASSERT_TRUE(other);
  ASSERT_TRUE(
      other->script("UPDATE reports SET report = '{' WHERE name = 'bob';"
                    "UPDATE commands SET kind = 'dance' WHERE kind = 'compact'"));
  restart();
  const auto all = host_->call("operator", kList, kNothing);
  ASSERT_EQ(all->agents.size(), 1u);
  EXPECT_EQ(all->agents[0].name, "alice");
  EXPECT_EQ(waiting(), (std::vector{CommandKind::new_session, CommandKind::sweep})) << "a sweep is given at each start";
  const auto is_said = [](const auto& line) { return line.text.find("has a row that is left out") != line.text.npos; };
  EXPECT_EQ(std::ranges::count_if(host_->logged(), is_said), 2);
  const auto command = "alice's command " + std::to_string(lost->id);
  EXPECT_THAT(left_out(), ElementsAre(command, "bob"));
  given_report("agent:bob", TurnState::idle);
  EXPECT_THAT(left_out(), ElementsAre(command)) << "the report is stored anew";
  waiting(next->id);
  EXPECT_THAT(left_out(), IsEmpty()) << "the command went with those that were acknowledged";
}

TEST_F(TurnsTest, PublishesWhatShowsAndNothingElse) {
  given_report("agent:alice", TurnState::idle);
  auto later = report_of(TurnState::idle);
  later.last_output_at = Time{99};
  ASSERT_TRUE(host_->call("agent:alice", kReport, later));
  given_report("agent:alice", TurnState::thinking, 2);
  const auto changed = host_->published(kChanged);
  ASSERT_EQ(changed.size(), 2u);
  EXPECT_EQ(changed[1].report.state, TurnState::thinking);
  EXPECT_EQ(host_->all_published().back().subject, "alice");
}

TEST_F(TurnsTest, AReportThatOthersCouldNotReadIsRefused) {
  given_report("manager", TurnState::idle);
  for (const auto* member : {R"("cost":1e400)", R"("rate_limited_until":"9999-12-31T23:59:59-01:00")"}) {
    auto params = encode_text(report_of(TurnState::idle));
    params.insert(1, std::string(member) + ",");
    const auto reported = host_->begin_text("agent:mallory", kReport.name, params).get<None>();
    EXPECT_EQ(reported.error().code, Code::invalid_params) << member;
  }
  EXPECT_EQ(host_->call("operator", kList, kNothing)->agents.size(), 1u);
}

TEST_F(TurnsTest, ACommandWaitsUntilItIsAcknowledged) {
  given_report("agent:alice", TurnState::idle);
  const auto given = give("alice", CommandKind::new_session);
  ASSERT_TRUE(given);
  EXPECT_THAT(waiting(), ElementsAre(CommandKind::new_session));
  EXPECT_THAT(waiting(), ElementsAre(CommandKind::new_session));
  EXPECT_THAT(waiting(given->id), IsEmpty());
  restart();
  EXPECT_THAT(waiting(given->id), ElementsAre(CommandKind::sweep));
}

TEST_F(TurnsTest, MoreThanAnAnswerHoldsIsTakenInParts) {
  given_report("agent:alice", TurnState::idle);
  GiveCommand command{.name = "alice", .kind = CommandKind::operator_message};
  command.text = std::string(65'536, '\x01');  // six bytes each in JSON
  std::vector<std::int64_t> given;
  for (int i = 0; i < 5; ++i) given.push_back(host_->call("operator", kCommand, command)->id);
  std::vector<std::int64_t> seen;
  while (seen.size() < given.size()) {
    const std::int64_t after = seen.empty() ? 0 : seen.back();
    const auto taken = host_->call("agent:alice", kCommands, TakeCommands{.after = after});
    ASSERT_TRUE(taken);
    ASSERT_FALSE(taken->commands.empty());
    EXPECT_LT(encode_text(*taken).size(), 1u << 20);
    for (const auto& one : taken->commands) seen.push_back(one.id);
  }
  EXPECT_EQ(seen, given);
}

TEST_F(TurnsTest, WhatIsKeptIsToldAtTheStart) {
  given_report("agent:alice", TurnState::idle);
  restart();
  given_report("agent:alice", TurnState::idle);
  const auto told = host_->published(kChanged);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].name, "alice");
  EXPECT_EQ(told[0].report.state, TurnState::idle);
}

TEST_F(TurnsTest, IdsGoOnGrowingAfterARestart) {
  given_report("agent:alice", TurnState::idle);
  const auto first = give("alice", CommandKind::new_session);
  ASSERT_THAT(waiting(first->id), IsEmpty());
  restart();
  const auto second = give("alice", CommandKind::new_session);
  EXPECT_GT(second->id, first->id);
  EXPECT_THAT(waiting(first->id), ElementsAre(CommandKind::sweep, CommandKind::new_session));
}

TEST_F(TurnsTest, ALostStoreSwallowsNoCommand) {
  given_report("agent:alice", TurnState::idle);
  std::int64_t taken = 0;
  for (int i = 0; i < 3; ++i) taken = give("alice", CommandKind::new_session)->id;
  host_.reset();
  for (const auto* end : {"", "-wal", "-shm"})
    std::filesystem::remove(folder_.path() / ("turns.sqlite" + std::string(end)));
  load();
  given_report("agent:alice", TurnState::idle);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(give("alice", CommandKind::new_session));
  EXPECT_EQ(waiting(taken).size(), 4u);
}

TEST_F(TurnsTest, AnAcknowledgementOfWhatWasNeverGivenIsRefused) {
  given_report("agent:alice", TurnState::idle);
  const auto taken = host_->call("agent:alice", kCommands, TakeCommands{.after = kMaxInteger});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::invalid_params);
}

TEST_F(TurnsTest, ALongPollWakesForItsOwnCommandOnly) {
  given_report("agent:alice", TurnState::idle);
  given_report("manager", TurnState::idle);
  auto parked = host_->begin("agent:alice", kCommands, TakeCommands{.after = 0, .wait_seconds = 180});
  ASSERT_TRUE(give("manager", CommandKind::new_session));
  EXPECT_FALSE(parked.settled());
  ASSERT_TRUE(give("alice", CommandKind::compact));
  ASSERT_TRUE(parked.settled());
  EXPECT_EQ(parked.get<Commands>()->commands[0].kind, CommandKind::compact);
}

TEST_F(TurnsTest, ALongPollEndsEmptyWhenItsTimeIsUp) {
  auto parked = host_->begin("agent:alice", kCommands, TakeCommands{.after = 0, .wait_seconds = 60});
  host_->advance(std::chrono::seconds(59));
  EXPECT_FALSE(parked.settled());
  host_->advance(std::chrono::seconds(1));
  EXPECT_THAT(parked.get<Commands>()->commands, IsEmpty());
}

TEST_F(TurnsTest, CancelNeedsATurnAndCompactNeedsNone) {
  given_report("agent:alice", TurnState::idle);
  const auto cancel = give("alice", CommandKind::cancel);
  ASSERT_FALSE(cancel);
  EXPECT_EQ(cancel.error().code, Code::conflict);
  EXPECT_THAT(cancel.error().message, HasSubstr("alice to have an open turn, but it is idle"));
  given_report("agent:alice", TurnState::thinking);
  EXPECT_TRUE(give("alice", CommandKind::cancel));
  EXPECT_EQ(give("alice", CommandKind::compact).error().code, Code::conflict);
}

TEST_F(TurnsTest, ATurnIsCancelledBetweenItsAttemptsToo) {
  for (const auto state : {TurnState::thinking, TurnState::compacting, TurnState::retrying, TurnState::rate_limited,
                           TurnState::paused, TurnState::needs_login}) {
    auto report = report_of(state);
    report.turn = 7;
    ASSERT_TRUE(host_->call("agent:alice", kReport, report));
    EXPECT_TRUE(give("alice", CommandKind::cancel)) << name_of(state);
    report.turn.reset();
    ASSERT_TRUE(host_->call("agent:alice", kReport, report));
    EXPECT_FALSE(give("alice", CommandKind::cancel)) << name_of(state);
  }
}

TEST_F(TurnsTest, ACancelNamesItsTurnAndIsForNoOther) {
  given_report("agent:alice", TurnState::thinking);
  ASSERT_TRUE(give("alice", CommandKind::cancel));
  EXPECT_EQ(host_->call("agent:alice", kCommands, TakeCommands{.after = 0})->commands.at(0).turn, 7);
  auto next = report_of(TurnState::thinking, 2);
  next.turn = 8;
  ASSERT_TRUE(host_->call("agent:alice", kReport, next));
  EXPECT_THAT(waiting(), IsEmpty()) << "it was not taken while its turn was open";
  GiveCommand late{.name = "alice", .kind = CommandKind::cancel, .turn = 7};
  const auto refused = host_->call("operator", kCommand, late);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("turn 7 of alice is not open any more, turn 8 is"));
  late.turn = 8;
  EXPECT_TRUE(host_->call("operator", kCommand, late));
}

TEST_F(TurnsTest, ACancelThatNobodyTookEndsWithItsTurn) {
  given_report("agent:alice", TurnState::thinking);
  ASSERT_TRUE(give("alice", CommandKind::cancel));
  given_report("agent:alice", TurnState::idle);
  EXPECT_THAT(waiting(), IsEmpty());
  restart();
  EXPECT_THAT(waiting(), ElementsAre(CommandKind::sweep));
}

TEST_F(TurnsTest, ACommandForNobodyNamesWhoIsThere) {
  const auto given = give("carol", CommandKind::new_session);
  ASSERT_FALSE(given);
  EXPECT_EQ(given.error().code, Code::not_found);
  EXPECT_THAT(given.error().message, HasSubstr("known are: bob"));
  EXPECT_TRUE(give("bob", CommandKind::new_session)) << "it is in the roster and has not reported yet";
}

TEST_F(TurnsTest, ParkAndOperatorMessageNeedTheirMember) {
  EXPECT_EQ(give("bob", CommandKind::park).error().code, Code::invalid_params);
  EXPECT_EQ(give("bob", CommandKind::operator_message).error().code, Code::invalid_params);
}

TEST_F(TurnsTest, ARepeatedKeyAnswersWhatTheFirstDid) {
  given_report("agent:alice", TurnState::idle);
  GiveCommand typed{.name = "alice", .kind = CommandKind::operator_message, .text = "hello", .key = "k"};
  const auto first = host_->call("operator", kCommand, typed);
  ASSERT_TRUE(first);
  EXPECT_EQ(host_->call("operator", kCommand, typed)->id, first->id);
  EXPECT_THAT(waiting(), ElementsAre(CommandKind::operator_message));
  EXPECT_THAT(waiting(first->id), IsEmpty());
  restart();
  EXPECT_EQ(host_->call("operator", kCommand, typed)->id, first->id) << "it was taken, and the host began anew";
  EXPECT_THAT(waiting(first->id), ElementsAre(CommandKind::sweep));
  typed.key = "another";
  EXPECT_GT(host_->call("operator", kCommand, typed)->id, first->id);
  typed.key = "k";
  EXPECT_NE(host_->call("plugin:budget", kCommand, typed)->id, first->id) << "keys are each caller's own";
}

TEST_F(TurnsTest, ARepeatIsAnsweredWhateverHasBecomeOfTheAgent) {
  given_report("agent:alice", TurnState::thinking);
  const GiveCommand cancel{.name = "alice", .kind = CommandKind::cancel, .key = "c"};
  const auto first = host_->call("operator", kCommand, cancel);
  ASSERT_TRUE(first);
  given_report("agent:alice", TurnState::idle);
  const auto again = host_->call("operator", kCommand, cancel);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->id, first->id);
  EXPECT_THAT(waiting(), IsEmpty());
}

TEST_F(TurnsTest, ARepeatedPauseChangesNothing) {
  given_report("agent:alice", TurnState::idle);
  const GiveCommand pause{.name = "alice", .kind = CommandKind::pause, .key = "p"};
  const auto first = host_->call("operator", kCommand, pause);
  ASSERT_TRUE(first);
  ASSERT_TRUE(give("alice", CommandKind::resume));
  EXPECT_EQ(host_->call("operator", kCommand, pause)->id, first->id);
  EXPECT_FALSE(is_paused("agent:alice"));
}

TEST_F(TurnsTest, TooManyCommandsAreRefused) {
  for (std::size_t i = 0; i < kMaxCommands; ++i) ASSERT_TRUE(give("bob", CommandKind::new_session));
  EXPECT_EQ(give("bob", CommandKind::new_session).error().code, Code::busy);
}

TEST_F(TurnsTest, APauseOfOneHoldsOverARestart) {
  given_report("agent:alice", TurnState::idle);
  ASSERT_TRUE(host_->call("operator", kPause, PauseTarget{"alice"}));
  ASSERT_TRUE(host_->call("operator", kPause, PauseTarget{"alice"}));
  EXPECT_THAT(waiting(), ElementsAre(CommandKind::pause));
  restart();
  EXPECT_TRUE(is_paused("agent:alice"));
  EXPECT_FALSE(is_paused("manager"));
  ASSERT_TRUE(host_->call("operator", kResume, PauseTarget{"alice"}));
  EXPECT_FALSE(is_paused("agent:alice"));
}

TEST_F(TurnsTest, APauseOfTheSwarmHoldsForEverybody) {
  given_report("agent:alice", TurnState::idle);
  given_report("manager", TurnState::idle);
  ASSERT_TRUE(host_->call("operator", kPause, PauseTarget{"alice"}));
  ASSERT_TRUE(host_->call("operator", kPause, PauseTarget{}));
  EXPECT_TRUE(is_paused("manager"));
  const auto alone = host_->call("operator", kResume, PauseTarget{"alice"});
  EXPECT_EQ(alone.error().code, Code::conflict);
  ASSERT_TRUE(host_->call("operator", kResume, PauseTarget{}));
  EXPECT_FALSE(is_paused("manager"));
  EXPECT_TRUE(is_paused("agent:alice")) << "it was paused alone too";
  EXPECT_THAT(waiting(), ElementsAre(CommandKind::pause));
}

TEST_F(TurnsTest, AResumeThatComesBeforeThePauseIsStoredIsGivenToo) {
  given_report("agent:alice", TurnState::idle);
  host_->hold_work();
  auto paused = host_->begin("operator", kPause, PauseTarget{});
  auto resumed = host_->begin("operator", kResume, PauseTarget{});
  host_->let_work_go();
  EXPECT_TRUE(paused.get<None>());
  EXPECT_TRUE(resumed.get<None>());
  EXPECT_THAT(waiting(), ElementsAre(CommandKind::pause, CommandKind::resume));
  EXPECT_FALSE(is_paused("agent:alice"));
}

TEST_F(TurnsTest, APauseIsAlsoACommand) {
  given_report("agent:alice", TurnState::idle);
  ASSERT_TRUE(give("alice", CommandKind::pause));
  EXPECT_TRUE(is_paused("agent:alice"));
  EXPECT_THAT(host_->call("operator", kList, kNothing)->paused_agents, ElementsAre("alice"));
  ASSERT_TRUE(give("alice", CommandKind::resume));
  EXPECT_FALSE(is_paused("agent:alice"));
}

TEST_F(TurnsTest, SweepsAreGivenHourlyAndDoNotPileUp) {
  given_report("agent:alice", TurnState::idle);
  host_->advance(std::chrono::hours(3));
  const auto taken = host_->call("agent:alice", kCommands, TakeCommands{.after = 0});
  ASSERT_EQ(taken->commands.size(), 1u);
  EXPECT_EQ(taken->commands[0].kind, CommandKind::sweep);
  EXPECT_EQ(taken->commands[0].keep_days, 7);
  EXPECT_EQ(taken->commands[0].keep_rows, 2'000);
}

TEST_F(TurnsTest, AKilledHarnessIsNotThinking) {
  given_report("agent:alice", TurnState::thinking);
  ASSERT_TRUE(give("alice", CommandKind::cancel));
  lifecycle::Container alice;
  alice.name = "alice";
  alice.state = runtime::State::stopped;
  host_->emit(lifecycle::kContainerChanged, {alice});
  EXPECT_EQ(host_->call("operator", kList, kNothing)->agents[0].report.status, Status::offline);
  EXPECT_EQ(give("alice", CommandKind::cancel).error().code, Code::conflict);
  EXPECT_THAT(waiting(), IsEmpty());
}

}  // namespace
}  // namespace hive::turns
