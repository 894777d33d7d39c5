#include "page/server.hpp"

#include <hive/os/testing/manual_time.hpp>
#include <hive/rpc/testing/line_peer.hpp>
#include <hive/testing/temporary_folder.hpp>

#include "json_read.hpp"
#include "page/answers.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

namespace hive::harness {
namespace {

using rpc::testing::LinePeer;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// The socket with bus and stores behind it, in a folder of its own.
class PageServerTest : public ::testing::Test {
 protected:
  PageServerTest() {
    ::signal(SIGPIPE, SIG_IGN);
    EXPECT_TRUE(server.listen(page_folder).has_value());
  }

  LinePeer client() {
    return LinePeer(page_folder / "page.sock", [this] { event_loop.run_once(); });
  }
  std::string stamp(std::int64_t seq) const { return bus.epoch() + "-" + std::to_string(seq); }
  static std::string stamp_of(Result<page::Subscribed> answer) {
    return answer ? answer->stamp : answer.error().message;
  }
  static Code refusal_in(std::string_view line) { return LinePeer::outcome_of<None>(line).error().code; }
  static std::int64_t seq_of(const json::value& line) {
    return line.at("params").at("payload").at("seq").to_number<std::int64_t>();
  }
  static page::State shown_state() {
    page::State state;
    state.report.model = "haiku";
    return state;
  }

  hive::testing::TemporaryFolder folder;
  const std::filesystem::path page_folder = folder.path() / "page";
  std::vector<std::string> problems;
  std::function<void(std::string)> complain = [this](std::string text) { problems.push_back(std::move(text)); };
  os::testing::ManualTime time;
  os::EventLoop event_loop{time};
  EventBus bus{folder.path() / "events.sqlite", complain};
  StatStore stats{folder.path() / "stats.sqlite", complain};
  PageAnswers answers{bus, stats, &shown_state};
  PageServer server{event_loop, bus, [this](auto method, auto params) { return answers.answer(method, params); }};
};

TEST_F(PageServerTest, StateIsMarkedWithTheNewestEvent) {
  auto alice = client();
  EXPECT_EQ(alice.call(page::kState, {})->seq, 0);
  bus.note("x");
  const auto state = alice.call(page::kState, {});
  EXPECT_EQ(state->seq, 1);
  EXPECT_EQ(state->epoch, bus.epoch());
  EXPECT_TRUE(state->has_store);
  EXPECT_EQ(state->report.model, "haiku");
}

TEST_F(PageServerTest, HistoryIsPagedFromTheNewestBack) {
  bus.set_turn(7);
  for (int i = 0; i < 5; ++i) bus.note(std::to_string(i));
  auto alice = client();
  const auto newest = alice.call(page::kHistory, {.limit = 2});
  ASSERT_THAT(newest->events, SizeIs(2));
  EXPECT_EQ(newest->events[1].seq, 5);
  EXPECT_EQ(newest->events[1].turn, 7);
  EXPECT_EQ(newest->events[1].payload.at("text").as_string(), "4");
  EXPECT_TRUE(newest->more);
  const auto oldest = alice.call(page::kHistory, {.before = 4});
  ASSERT_THAT(oldest->events, SizeIs(3));
  EXPECT_EQ(oldest->events[0].seq, 1);
  EXPECT_FALSE(oldest->more);
}

TEST_F(PageServerTest, APageOfHistoryIsLessThanAMegabyte) {
  for (int i = 0; i < 4; ++i) bus.note(std::string(400'000, 'x'));
  auto alice = client();
  const auto line = alice.ask("page.history");
  const auto page = LinePeer::outcome_of<page::EventPage>(line);
  EXPECT_THAT(page->events, SizeIs(2));
  EXPECT_TRUE(page->more);
  EXPECT_LT(line.size(), 1u << 20);
}

TEST_F(PageServerTest, AnEventIsTheSameInHistoryAndStream) {
  auto alice = client();
  EXPECT_EQ(stamp_of(alice.call(page::kSubscribe, {})), stamp(0));
  bus.set_turn(3);
  bus.publish("stream", R"({"type":"assistant","n":1.5,"text":"ünïcode"})");
  const auto line = alice.json_line();
  EXPECT_EQ(line.at("params").at("topic").as_string(), "page.event");
  EXPECT_EQ(line.at("params").at("stamp").as_string(), stamp(1));
  const auto& event = line.at("params").at("payload");
  EXPECT_TRUE(decode_value<page::LiveEvent>(event, Unknown::refuse).has_value());
  alice.begin("page.history");
  EXPECT_EQ(event, alice.json_line().at("result").at("events").at(0));
}

TEST_F(PageServerTest, ASubscriberGetsWhatCameAfterWhatItHasSeen) {
  for (int i = 0; i < 5; ++i) bus.note("x");
  auto alice = client();
  EXPECT_EQ(stamp_of(alice.call(page::kSubscribe, {.since = stamp(3)})), stamp(3));
  EXPECT_EQ(seq_of(alice.json_line()), 4);
  EXPECT_EQ(seq_of(alice.json_line()), 5);
  bus.note("x");
  EXPECT_EQ(seq_of(alice.json_line()), 6);
}

TEST_F(PageServerTest, WhatIsNotInMemoryAnyMoreIsNotFound) {
  for (int i = 0; i < 1'500; ++i) bus.note("x");
  auto alice = client();
  for (const auto& seen : {stamp(1), stamp(1'501), stamp(-1), std::string("other-1500"), std::string("nonsense"),
                           bus.epoch() + "-", bus.epoch() + "-1x"})
    EXPECT_EQ(alice.call(page::kSubscribe, {.since = seen}).error().code, Code::not_found) << seen;
  EXPECT_TRUE(alice.call(page::kSubscribe, {.since = stamp(1'500)}));
  EXPECT_EQ(alice.call(page::kSubscribe, {}).error().code, Code::conflict);
}

TEST_F(PageServerTest, NonsenseIsAnErrorAndTheConnectionStays) {
  auto alice = client();
  for (const auto* line : {"nonsense\n", "[]\n", "{}\n", "\xff\n",
                           R"({"jsonrpc":"1.0","id":1,"method":"page.state"})"
                           "\n"}) {
    alice.write(line);
    EXPECT_EQ(refusal_in(alice.line()), Code::invalid_params) << line;
  }
  EXPECT_EQ(refusal_in(alice.ask("page.delete")), Code::method_not_found);
  EXPECT_EQ(alice.call(page::kHistory, {.limit = 501}).error().code, Code::invalid_params);
  EXPECT_EQ(refusal_in(alice.ask("page.history", R"({"nonsense":1})")), Code::invalid_params);
  alice.write(std::string(1u << 20, 'x') + "\n");
  EXPECT_EQ(refusal_in(alice.line()), Code::too_large);
  alice.write(R"({"method":"page.state","params":{"x":"\ud83d"},"id":7})"
              "\n");
  EXPECT_EQ(alice.json_line().at("id"), 7);
  alice.write(R"({"method":"page.state","params":")" + std::string(100'000, 'x') + "\",\"id\":8}\n");
  const auto refused = alice.line();
  EXPECT_EQ(refusal_in(refused), Code::too_large);
  EXPECT_EQ(json::parse(refused).at("id"), 8);
  alice.write(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":1}})"
              "\n");
  EXPECT_TRUE(alice.call(page::kState, {}));
}

TEST_F(PageServerTest, WhoDoesNotReadLosesHisEventsAndNobodyElseDoes) {
  auto alice = client();
  EXPECT_TRUE(alice.call(page::kSubscribe, {}));
  auto silent = client();
  silent.begin("events.subscribe");
  EXPECT_TRUE(alice.call(page::kState, {}));  // so that the other one is heard
  EXPECT_TRUE(alice.call(page::kState, {}));
  const std::string text(20'000, 'x');
  for (int i = 1; i <= 300; ++i) {
    bus.note(text);
    EXPECT_EQ(seq_of(alice.json_line()), i);
  }
  silent.line();
  std::int64_t seen = 0;
  json::value last;
  while (text_at(last = silent.json_line(), "method") == "event") EXPECT_EQ(seq_of(last), ++seen);
  EXPECT_EQ(text_at(last, "method"), "events.lost");
  EXPECT_LT(seen, 300);
  EXPECT_TRUE(silent.call(page::kSubscribe, {})) << "it may begin again";
}

TEST_F(PageServerTest, WhoAsksWithoutReadingHoldsUpNobody) {
  for (int i = 0; i < 20; ++i) bus.note(std::string(40'000, 'x'));
  auto silent = client();
  for (int i = 0; i < 200; ++i) silent.request(i, "page.history");
  auto alice = client();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(alice.call(page::kState, {}));
  for (int i = 0; i < 200; ++i) EXPECT_EQ(silent.json_line().at("id"), i);
}

TEST_F(PageServerTest, OnlySoManyMayBeConnected) {
  std::vector<LinePeer> clients;
  for (int i = 0; i < 16; ++i) {
    clients.push_back(client());
    EXPECT_TRUE(clients.back().call(page::kState, {}));
  }
  auto one_too_many = client();
  EXPECT_EQ(refusal_in(one_too_many.line()), Code::busy);
  EXPECT_EQ(one_too_many.line(), "") << "it is closed";
  clients.pop_back();
  // The end of the other one is heard after the next that comes, at the latest.
  for (bool answered = false; !answered;) answered = client().call(page::kState, {}).has_value();
}

TEST_F(PageServerTest, OnlyItsOwnUserMayConnect) {
  struct stat status{};
  ASSERT_EQ(::stat((page_folder / "page.sock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(page_folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(PageServerTest, ASecondLifeTakesTheSocketOver) {
  auto before = client();
  EXPECT_TRUE(before.call(page::kState, {}));
  PageServer again(event_loop, bus, [](auto, auto) { return Result<std::string>("{}"); });
  ASSERT_TRUE(again.listen(page_folder).has_value());
  EXPECT_THAT(client().ask("page.state"), HasSubstr(R"("result":{})"));
}

TEST_F(PageServerTest, AnEventThatCannotBeReadIsNamedAndTheOthersAreThere) {
  for (const auto* text : {"one", "two", "three"}) bus.note(text);
  // Not strict, as a file is that the agent made.
  auto other = sqlite::Database::open({.file = folder.path() / "events.sqlite", .owner = "test"});
  ASSERT_TRUE(
      other->script("CREATE TABLE copy AS SELECT * FROM event; DROP TABLE event; ALTER TABLE copy RENAME TO event;"
                    "UPDATE event SET at = 'once' WHERE seq = 2"));
  const auto page = LinePeer::outcome_of<page::EventPage>(client().ask("page.history"));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_THAT(page->events, SizeIs(2));
  ASSERT_TRUE(page->unreadable);
  ASSERT_THAT(*page->unreadable, SizeIs(1));
  EXPECT_EQ(page->unreadable->front().id, "2");
  EXPECT_EQ(page->unreadable->front().why, "at should hold a whole number");
}

TEST_F(PageServerTest, WithoutItsStoreThePageShowsWhatIsInMemory) {
  bus.note("stored");
  auto alice = client();
  EXPECT_TRUE(alice.call(page::kSubscribe, {}));
  const auto epoch = bus.epoch();
  auto other = sqlite::Database::open({.file = folder.path() / "events.sqlite", .owner = "test"});
  ASSERT_TRUE(other->script("CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'full'); END"));
  bus.note("shown");
  EXPECT_EQ(text_at(alice.json_line(), "method"), "events.lost");
  EXPECT_THAT(problems, SizeIs(1));
  const auto state = alice.call(page::kState, {});
  EXPECT_FALSE(state->has_store);
  EXPECT_NE(state->epoch, epoch);
  const auto page = alice.call(page::kHistory, {});
  EXPECT_EQ(page->events.at(0).payload.at("text").as_string(), "shown");
  EXPECT_THAT(encode_text(*page), HasSubstr("The event store failed"));
  EXPECT_THAT(encode_text(*page), ::testing::Not(HasSubstr("stored")));

  ASSERT_TRUE(other->script("DROP TRIGGER full"));
  ASSERT_TRUE(bus.sweep(7, 2'000).has_value());
  EXPECT_EQ(bus.epoch(), epoch);
  bus.note("stored again");
  const auto again = alice.call(page::kHistory, {});
  ASSERT_THAT(again->events, SizeIs(2));
  EXPECT_EQ(again->events[1].seq, 2);
}

TEST_F(PageServerTest, StatisticsArePagedToo) {
  for (int i = 1; i <= 3; ++i)
    ASSERT_TRUE(stats
                    .add("alice", {.started_at = Time{i * 1'000},
                                   .duration_ms = i,
                                   .model = "haiku",
                                   .result_kind = "ok",
                                   .tool_calls = {{"Bash", i}},
                                   .received = {.operators = 1},
                                   .sent = {.peer = 2},
                                   .open_threads = 4})
                    .has_value());
  auto alice = client();
  const auto newest = alice.call(page::kStats, {.limit = 1});
  EXPECT_TRUE(newest->more);
  const auto& turn = newest->turns.at(0);
  EXPECT_EQ(turn.id, 3);
  EXPECT_EQ(turn.tool_calls.at("Bash"), 3);
  EXPECT_EQ(turn.received.operators, 1);
  EXPECT_EQ(turn.sent.peer, 2);
  EXPECT_EQ(turn.open_threads, 4);
  EXPECT_FALSE(turn.open_reminders);
  const auto rest = alice.call(page::kStats, {.since = Time{2'000}, .before = 3});
  ASSERT_THAT(rest->turns, SizeIs(1));
  EXPECT_EQ(rest->turns[0].id, 2);
}

}  // namespace
}  // namespace hive::harness
