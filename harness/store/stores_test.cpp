#include "json_read.hpp"
#include "store/queries.hpp"
#include "stream/facts.hpp"
#include "testing/stores_fixture.hpp"

#include <gmock/gmock.h>

namespace hive::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kDayMs = 86'400'000;

TEST_F(StoresTest, ATurnThatDidNotFinishIsFoundAgain) {
  {
    auto store = turns();
    EXPECT_FALSE(store.cut_off());
    ASSERT_TRUE(store.begin(7, 0).has_value());
    EXPECT_FALSE(store.cut_off());
  }
  auto store = turns();
  EXPECT_EQ(store.cut_off(), 7);
  ASSERT_TRUE(store.begin(8, 0).has_value());
  ASSERT_TRUE(store.forget_cut_off(8).has_value());
  EXPECT_FALSE(store.cut_off());
  EXPECT_EQ(turns().cut_off(), 8);
}

TEST_F(StoresTest, ATurnThatAStopInterruptedIsToldOnce) {
  {
    auto store = turns();
    ASSERT_TRUE(store.begin(7, 0).has_value());
    ASSERT_TRUE(store.keep_cut_off(7).has_value());
    ASSERT_TRUE(store.finish({.turn = 7}, TurnStore::Messages::put_off).has_value());
    EXPECT_FALSE(store.cut_off());
  }
  {
    auto store = turns();
    EXPECT_EQ(store.cut_off(), 7);
    ASSERT_TRUE(store.forget_cut_off(8).has_value());
  }
  EXPECT_FALSE(turns().cut_off());
}

TEST_F(StoresTest, AnOutcomeIsKeptUntilItIsTold) {
  {
    auto store = turns();
    ASSERT_TRUE(store.begin(7, 0).has_value());
    ASSERT_TRUE(store.finish({.turn = 7, .ok = true, .unseen = {"a", "b"}}, TurnStore::Messages::settled).has_value());
  }
  auto store = turns();
  EXPECT_FALSE(store.cut_off());
  ASSERT_THAT(store.untold(), SizeIs(1));
  EXPECT_TRUE(store.untold()[0].ok);
  EXPECT_THAT(store.untold()[0].unseen, ElementsAre("a", "b"));
  ASSERT_TRUE(store.told(7).has_value());
  EXPECT_THAT(store.untold(), IsEmpty());
  EXPECT_THAT(turns().untold(), IsEmpty());
}

TEST_F(StoresTest, CommandsAndTheOperatorsMessagesAreKept) {
  {
    auto store = turns();
    const OperatorMessage typed{4, Time{1'000}, "hello"};
    ASSERT_TRUE(store.take_command(4, typed).has_value());
    ASSERT_TRUE(store.take_command(4, typed).has_value());
    ASSERT_TRUE(store.take_command(5, std::nullopt).has_value());
  }
  auto store = turns();
  EXPECT_EQ(store.last_command(), 5);
  ASSERT_THAT(store.operator_messages(), SizeIs(1));
  EXPECT_EQ(store.operator_messages()[0].text, "hello");
  EXPECT_FALSE(store.operator_messages()[0].was_shown);
  ASSERT_TRUE(store.restart_commands().has_value());
  EXPECT_EQ(turns().last_command(), 0);
}

TEST_F(StoresTest, WhatTheOperatorTypedIsSettledWithTheOutcomeOfItsTurn) {
  auto store = turns();
  for (std::int64_t id : {4, 5}) ASSERT_TRUE(store.take_command(id, OperatorMessage{id, Time{1}, "x"}).has_value());
  ASSERT_TRUE(store.begin(7, 4).has_value());
  ASSERT_THAT(turns().operator_messages(), SizeIs(2)) << "a kill here hands both out again";
  EXPECT_TRUE(turns().operator_messages()[0].was_shown);
  EXPECT_FALSE(turns().operator_messages()[1].was_shown);
  ASSERT_TRUE(store.finish({.turn = 7, .ok = true}, TurnStore::Messages::settled).has_value());
  for (const auto& left : {store.operator_messages(), turns().operator_messages()}) {
    ASSERT_THAT(left, SizeIs(1));
    EXPECT_EQ(left[0].id, 5);
  }
}

TEST_F(StoresTest, AMessageIsGivenUpAfterTurnsThatFailedOrWereKilledAndNotAfterStops) {
  {
    auto store = turns();
    ASSERT_TRUE(store.take_command(4, OperatorMessage{4, Time{1}, "x"}).has_value());
    ASSERT_TRUE(store.begin(6, 4).has_value());
    ASSERT_TRUE(store.finish({.turn = 6}, TurnStore::Messages::put_off).has_value());
    ASSERT_TRUE(store.begin(7, 4).has_value());
    ASSERT_TRUE(store.finish({.turn = 7}, TurnStore::Messages::tried).has_value());
    ASSERT_TRUE(store.begin(8, 4).has_value());  // killed
  }
  auto store = turns();
  EXPECT_EQ(*store.give_up_messages(3), 0u);
  ASSERT_THAT(store.operator_messages(), SizeIs(1));
  EXPECT_EQ(*store.give_up_messages(2), 1u);
  EXPECT_THAT(store.operator_messages(), IsEmpty());
  EXPECT_THAT(turns().operator_messages(), IsEmpty());
}

TEST_F(StoresTest, WithoutAFileTheLoopRemembersItself) {
  TurnStore store(folder.path() / "nowhere/turns.sqlite", complain);
  EXPECT_THAT(problems, SizeIs(1));
  ASSERT_TRUE(store.finish({.turn = 7, .ok = false}, TurnStore::Messages::tried).has_value());
  EXPECT_THAT(store.untold(), SizeIs(1));
  ASSERT_TRUE(store.take_command(3, std::nullopt).has_value());
  EXPECT_EQ(store.last_command(), 3);
}

TEST_F(StoresTest, EventsGoOnBeingNumberedAndTheLastActivityIsKnown) {
  std::int64_t last = 0;
  {
    auto events = bus();
    events.set_turn(7);
    events.publish("stream", R"({"type":"assistant","message":{"content":[{"type":"text","text":"working"}]}})");
    events.publish("stream", R"({"type":"brand_new"})");
    last = events.recent().back().seq;
  }
  auto events = bus();
  std::vector<LiveEvent> heard;
  events.subscribe([&](const LiveEvent& event) { heard.push_back(event); });
  events.note("hi");
  ASSERT_THAT(heard, SizeIs(1));
  EXPECT_EQ(heard[0].seq, last + 1);
  EXPECT_EQ(events.last_activity(7), "said: working");
  EXPECT_EQ(events.last_activity(8), "");
}

TEST_F(StoresTest, TheRingIsBounded) {
  auto events = bus();
  for (int i = 0; i < 2'000; ++i) events.note("x");
  EXPECT_LE(events.recent().size(), 1'024u);
  for (int i = 0; i < 10; ++i) events.note(std::string(400'000, 'x'));
  EXPECT_LE(events.recent().size(), 3u);
}

TEST_F(StoresTest, AnEpochIsALifeOfTheStore) {
  std::string epoch;
  {
    auto events = bus();
    events.note("x");
    epoch = events.epoch();
  }
  EXPECT_EQ(bus().epoch(), epoch);
  {
    auto other = sqlite::Database::open({.file = folder.path() / "events.sqlite", .owner = "test"});
    ASSERT_TRUE(other->run("UPDATE life SET boot = 'of before'").has_value());
  }
  auto after_a_power_cut = bus();
  EXPECT_NE(after_a_power_cut.epoch(), epoch);
  EXPECT_EQ(after_a_power_cut.last(), 1);
  EXPECT_NE(EventBus({}, complain).epoch(), EventBus({}, complain).epoch());
}

TEST_F(StoresTest, WhatIsAskedForIsWantedSinceThen) {
  {
    auto store = turns();
    EXPECT_FALSE(store.compact_since());
    ASSERT_TRUE(store.set_compact(Time{5}).has_value());
    ASSERT_TRUE(store.want_new_session().has_value());
  }
  auto store = turns();
  EXPECT_EQ(store.compact_since(), Time{5});
  const auto asked = store.new_session_since();
  ASSERT_TRUE(asked);
  ASSERT_TRUE(store.set_compact(std::nullopt).has_value());
  ASSERT_TRUE(store.new_session_began(Time{asked->ms - 1}).has_value());
  EXPECT_EQ(turns().new_session_since(), asked) << "asked for again while an earlier one began";
  ASSERT_TRUE(store.new_session_began(*asked).has_value());
  EXPECT_FALSE(turns().compact_since());
  EXPECT_FALSE(turns().new_session_since());
}

TEST_F(StoresTest, TheSpendingOfTheDayBeginsAtMidnight) {
  set_wall_clock([] { return Time{20 * kDayMs + 5'000}; });
  const auto now = wall_time().ms;
  StatStore stats(folder.path() / "stats.sqlite", complain);
  EXPECT_EQ(stats.spent_today(), 0.0);
  for (const auto at : {now, now - 5'000, now - 5'001})
    ASSERT_TRUE(stats.add("alice", {.started_at = Time{at}, .cost_usd = 0.25}).has_value());
  EXPECT_EQ(stats.spent_today(), 0.5);
  EXPECT_EQ(StatStore(folder.path() / "nowhere/stats.sqlite", complain).spent_today(), std::nullopt);
  set_wall_clock(nullptr);
}

TEST_F(StoresTest, ASweepKeepsTheNewest) {
  {
    auto events = bus();
    for (int i = 0; i < 100; ++i) events.note(std::to_string(i));
    ASSERT_TRUE(events.sweep(7, 10).has_value());
  }
  auto database = sqlite::Database::open(
      {.file = folder.path() / "events.sqlite", .owner = "test", .migrations = sql::kEventMigrations});
  ASSERT_TRUE(database.has_value());
  EXPECT_EQ(**database->integer("SELECT count(*) FROM event"), 10);
  EXPECT_EQ(**database->integer("SELECT max(seq) FROM event"), 100);
}

TEST_F(StoresTest, ASweepForgetsWhatIsTooOldThoughItIsNotTooMany) {
  auto events = bus();
  for (const std::int64_t day : {1, 2, 8}) {
    static std::int64_t today = 0;
    today = day;
    set_wall_clock([] { return Time{today * kDayMs}; });
    events.note("of day " + std::to_string(day));
  }
  set_wall_clock([] { return Time{9 * kDayMs}; });
  ASSERT_TRUE(events.sweep(7, 2'000).has_value());
  set_wall_clock(nullptr);
  const auto kept = events.history(kMaxInteger, 10, std::size_t(1) << 20);
  ASSERT_TRUE(kept.has_value());
  ASSERT_THAT(kept->events, SizeIs(2));
  EXPECT_THAT(kept->events[0].payload, HasSubstr("of day 2"));
}

TEST_F(StoresTest, EventsReachSubscribersWithoutAStore) {
  EventBus events(folder.path() / "nowhere/events.sqlite", complain);
  EXPECT_FALSE(events.has_store());
  int heard = 0;
  events.subscribe([&](const LiveEvent&) { ++heard; });
  events.note("x");
  EXPECT_EQ(heard, 1);
  EXPECT_THAT(problems, SizeIs(1));
}

TEST_F(StoresTest, ARunIsOneRowOfStatistics) {
  RunFacts facts;
  facts.add(parse_stream_line(
      R"({"type":"assistant","message":{"content":[{"type":"tool_use","id":"a","name":"mcp__hyperhive__send","input":{"to":"bob"}},)"
      R"({"type":"tool_use","id":"b","name":"mcp__hyperhive__send","input":{"to":"operator"}}]}})"));
  facts.add(parse_stream_line(
      R"({"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"a"},{"type":"tool_result","tool_use_id":"b","is_error":true}]}})"));
  {
    StatStore stats(folder.path() / "stats.sqlite", complain);
    auto stat = facts.stat;
    stat.result_kind = "rate_limited";
    add_peer(stat.received, "manager");
    add_peer(stat.received, "system");
    ASSERT_TRUE(stats.add("alice", stat).has_value());
  }
  auto database = sqlite::Database::open(
      {.file = folder.path() / "stats.sqlite", .owner = "test", .migrations = sql::kStatMigrations});
  auto rows = database->query(
      "SELECT result_kind, tool_calls, messages_sent_peer, messages_sent_operator, "
      "messages_received_manager, messages_received_system, open_threads FROM turn_stat");
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.text(0), "rate_limited");
  EXPECT_EQ(rows.text(1), R"({"mcp__hyperhive__send":2})");
  EXPECT_EQ(rows.integer(2), 1);
  EXPECT_EQ(rows.integer(3), 0);
  EXPECT_EQ(rows.integer(4), 1);
  EXPECT_EQ(rows.integer(5), 1);
  EXPECT_TRUE(rows.is_null(6));
  EXPECT_FALSE(rows.next());
}

TEST_F(StoresTest, EveryColumnOfARowIsReadAsItWasWritten) {
  const page::TurnStat stat{.id = 1,
                            .started_at = Time{1'000},
                            .ended_at = Time{4'000},
                            .duration_ms = 2'999,
                            .model = "haiku",
                            .wake_from = "bob",
                            .result_kind = "failed",
                            .note = "no luck",
                            .usage = {11, 12, 13, 14},
                            .cost_usd = 0.25,
                            .context_window = 200'000,
                            .tool_call_count = 3,
                            .tool_calls = {{"Bash", 2}, {"Read", 1}},
                            .received = {1, 2, 3, 4},
                            .sent = {5, 6, 7, 8},
                            .open_threads = 21,
                            .open_reminders = 22,
                            .inbox_depth = 23,
                            .compacted = true,
                            .session_id = "s",
                            .num_turns = 9};
  StatStore stats(folder.path() / "stats.sqlite", complain);
  ASSERT_TRUE(stats.add("alice", stat).has_value());
  const auto kept = stats.list({.limit = 8}, std::size_t(1) << 20);
  ASSERT_TRUE(kept.has_value());
  ASSERT_THAT(kept->turns, SizeIs(1));
  EXPECT_EQ(encode_text(kept->turns[0]), encode_text(stat));
  auto database = sqlite::Database::open(
      {.file = folder.path() / "stats.sqlite", .owner = "test", .migrations = sql::kStatMigrations});
  auto rows = database->query(
      "SELECT started_at, ended_at, duration_ms, input_tokens, output_tokens, cache_read_tokens, "
      "cache_creation_tokens, tool_call_count, note FROM turn_stat");
  ASSERT_TRUE(rows.next());
  std::vector<std::int64_t> numbers;
  for (int column = 0; column < 8; ++column) numbers.push_back(rows.integer(column));
  EXPECT_THAT(numbers, ElementsAre(1'000, 4'000, 2'999, 11, 12, 13, 14, 3));
  EXPECT_EQ(rows.text(8), "no luck");
}

TEST_F(StoresTest, ARowThatCannotBeReadIsLeftOutAndSaid) {
  StatStore stats(folder.path() / "stats.sqlite", complain);
  for (const auto* model : {"haiku", "opus"}) ASSERT_TRUE(stats.add("alice", {.model = model}).has_value());
  auto database = sqlite::Database::open({.file = folder.path() / "stats.sqlite", .owner = "test"});
  ASSERT_TRUE(database->run("UPDATE turn_stat SET tool_calls = 'many' WHERE model = 'opus'").has_value());
  const auto kept = stats.list({.limit = 8}, std::size_t(1) << 20);
  ASSERT_TRUE(kept.has_value());
  ASSERT_THAT(kept->turns, SizeIs(1));
  EXPECT_EQ(kept->turns[0].model, "haiku");
  ASSERT_TRUE(kept->unreadable.has_value());
  EXPECT_EQ(kept->unreadable->front().id, "2");
  EXPECT_THAT(problems, ElementsAre(HasSubstr("of '2' tool_calls should hold JSON")));
}

TEST_F(StoresTest, ARunFillsItsRow) {
  RunFacts facts;
  for (
      const auto* line :
      {R"({"type":"assistant","message":{"content":[{"type":"tool_use","id":"a","name":"Bash"},{"type":"tool_use","id":"b","name":"Read"}]}})",
       R"({"type":"result","num_turns":4,"session_id":"s","model_usage_since_last_result":{"m":{"inputTokens":11,"outputTokens":12,"cacheReadInputTokens":13,"cacheCreationInputTokens":14,"costUSD":0.5,"contextWindow":1000}}})"})
    facts.add(parse_stream_line(line));
  const auto stat = facts.stat;
  EXPECT_EQ(encode_text(stat.usage), encode_text(turns::Usage{11, 12, 13, 14}));
  EXPECT_EQ(stat.tool_call_count, 2);
  EXPECT_EQ(stat.num_turns, 4);
  EXPECT_EQ(stat.context_window, 1'000);
}

}  // namespace
}  // namespace hive::harness
