#include "page/server.hpp"

#include <hive/os/testing/manual_time.hpp>
#include <hive/testing/temporary_folder.hpp>

#include "page/answers.hpp"
#include "testing/line_client.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

namespace hive::harness {
namespace {

using ::testing::HasSubstr;
using testing::LineClient;
using ::testing::SizeIs;

/// The socket with bus and stores behind it, in a folder of its own.
class PageServerTest : public ::testing::Test {
 protected:
  PageServerTest() {
    ::signal(SIGPIPE, SIG_IGN);
    EXPECT_TRUE(server.listen(page_folder).has_value());
  }

  LineClient client() { return {event_loop, page_folder, "page.sock"}; }
  os::Fd silent_client() { return std::move(*os::connect_in(os::open_folder(page_folder)->get(), "page.sock")); }
  std::string stamp(std::int64_t seq) const { return bus.epoch() + "-" + std::to_string(seq); }
  static std::string since(const std::string& stamp) { return R"({"since":")" + stamp + R"("})"; }
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
  EXPECT_EQ(alice.answer_to("page.state").at("seq"), 0);
  bus.note("x");
  const auto state = alice.answer_to("page.state");
  EXPECT_EQ(state.at("seq"), 1);
  EXPECT_EQ(state.at("epoch").as_string(), bus.epoch());
  EXPECT_TRUE(state.at("has_store").as_bool());
  EXPECT_EQ(state.at("report").at("model").as_string(), "haiku");
}

TEST_F(PageServerTest, HistoryIsPagedFromTheNewestBack) {
  bus.set_turn(7);
  for (int i = 0; i < 5; ++i) bus.note(std::to_string(i));
  auto alice = client();
  const auto newest = alice.answer_to("page.history", R"({"limit":2})");
  ASSERT_THAT(newest.at("events").as_array(), SizeIs(2));
  EXPECT_EQ(newest.at("events").at(1).at("seq"), 5);
  EXPECT_EQ(newest.at("events").at(1).at("turn"), 7);
  EXPECT_EQ(newest.at("events").at(1).at("payload").at("text").as_string(), "4");
  EXPECT_TRUE(newest.at("more").as_bool());
  const auto oldest = alice.answer_to("page.history", R"({"before":4})");
  ASSERT_THAT(oldest.at("events").as_array(), SizeIs(3));
  EXPECT_EQ(oldest.at("events").at(0).at("seq"), 1);
  EXPECT_FALSE(oldest.at("more").as_bool());
}

TEST_F(PageServerTest, APageOfHistoryIsLessThanAMegabyte) {
  for (int i = 0; i < 4; ++i) bus.note(std::string(400'000, 'x'));
  auto alice = client();
  const auto page = alice.answer_to("page.history");
  EXPECT_THAT(page.at("events").as_array(), SizeIs(2));
  EXPECT_TRUE(page.at("more").as_bool());
  EXPECT_LT(alice.lines.back().size(), 1u << 20);
}

TEST_F(PageServerTest, AnEventIsTheSameInHistoryAndStream) {
  auto alice = client();
  EXPECT_EQ(alice.answer_to("events.subscribe").at("stamp").as_string(), stamp(0));
  bus.set_turn(3);
  bus.publish("stream", R"({"type":"assistant","n":1.5,"text":"ünïcode"})");
  const auto line = alice.next();
  EXPECT_EQ(line.at("params").at("topic").as_string(), "page.event");
  EXPECT_EQ(line.at("params").at("stamp").as_string(), stamp(1));
  const auto& event = line.at("params").at("payload");
  EXPECT_TRUE(decode_value<page::LiveEvent>(event, Unknown::refuse).has_value());
  EXPECT_EQ(event, alice.answer_to("page.history").at("events").at(0));
}

TEST_F(PageServerTest, ASubscriberGetsWhatCameAfterWhatItHasSeen) {
  for (int i = 0; i < 5; ++i) bus.note("x");
  auto alice = client();
  EXPECT_EQ(alice.answer_to("events.subscribe", since(stamp(3))).at("stamp").as_string(), stamp(3));
  EXPECT_EQ(seq_of(alice.next()), 4);
  EXPECT_EQ(seq_of(alice.next()), 5);
  bus.note("x");
  EXPECT_EQ(seq_of(alice.next()), 6);
}

TEST_F(PageServerTest, WhatIsNotInMemoryAnyMoreIsNotFound) {
  for (int i = 0; i < 1'500; ++i) bus.note("x");
  auto alice = client();
  for (const auto& seen : {stamp(1), stamp(1'501), stamp(-1), std::string("other-1500"), std::string("nonsense"),
                           bus.epoch() + "-", bus.epoch() + "-1x"})
    EXPECT_EQ(alice.answer_to("events.subscribe", since(seen)).as_string(), "not_found") << seen;
  EXPECT_TRUE(alice.answer_to("events.subscribe", since(stamp(1'500))).is_object());
  EXPECT_EQ(alice.answer_to("events.subscribe").as_string(), "conflict");
}

TEST_F(PageServerTest, NonsenseIsAnErrorAndTheConnectionStays) {
  auto alice = client();
  for (const auto* line : {"nonsense\n", "[]\n", "{}\n", "\xff\n",
                           R"({"jsonrpc":"1.0","id":1,"method":"page.state"})"
                           "\n"}) {
    alice.write(line);
    EXPECT_EQ(LineClient::code_of(alice.next()), "invalid_params") << line;
  }
  EXPECT_EQ(alice.answer_to("page.delete").as_string(), "method_not_found");
  EXPECT_EQ(alice.answer_to("page.history", R"({"limit":501})").as_string(), "invalid_params");
  EXPECT_EQ(alice.answer_to("page.history", R"({"nonsense":1})").as_string(), "invalid_params");
  alice.write(std::string(1u << 20, 'x') + "\n");
  EXPECT_EQ(LineClient::code_of(alice.next()), "too_large");
  alice.write(R"({"method":"page.state","params":{"x":"\ud83d"},"id":7})"
              "\n");
  EXPECT_EQ(alice.next().at("id"), 7);
  alice.write(R"({"method":"page.state","params":")" + std::string(100'000, 'x') + "\",\"id\":8}\n");
  const auto refused = alice.next();
  EXPECT_EQ(LineClient::code_of(refused), "too_large");
  EXPECT_EQ(refused.at("id"), 8);
  alice.write(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":1}})"
              "\n");
  EXPECT_TRUE(alice.answer_to("page.state").is_object());
}

TEST_F(PageServerTest, WhoDoesNotReadLosesHisEventsAndNobodyElseDoes) {
  auto alice = client();
  alice.answer_to("events.subscribe");
  auto silent = silent_client();
  const std::string line = R"({"jsonrpc":"2.0","id":1,"method":"events.subscribe"})"
                           "\n";
  ASSERT_EQ(::write(silent.get(), line.data(), line.size()), ssize_t(line.size()));
  alice.answer_to("page.state");  // so that the other one is heard
  alice.answer_to("page.state");
  const std::string text(20'000, 'x');
  for (int i = 1; i <= 300; ++i) {
    bus.note(text);
    EXPECT_EQ(seq_of(alice.next()), i);
  }
  LineClient late(event_loop, std::move(silent));
  late.next();
  std::int64_t seen = 0;
  json::value last;
  while (text_at(last = late.next(), "method") == "event") EXPECT_EQ(seq_of(last), ++seen);
  EXPECT_EQ(text_at(last, "method"), "events.lost");
  EXPECT_LT(seen, 300);
  EXPECT_TRUE(late.answer_to("events.subscribe").is_object()) << "it may begin again";
}

TEST_F(PageServerTest, WhoAsksWithoutReadingHoldsUpNobody) {
  for (int i = 0; i < 20; ++i) bus.note(std::string(40'000, 'x'));
  auto silent = silent_client();
  std::string asked;
  for (int i = 0; i < 200; ++i)
    asked += R"({"jsonrpc":"2.0","id":)" + std::to_string(i) +
             R"(,"method":"page.history"})"
             "\n";
  ASSERT_EQ(::write(silent.get(), asked.data(), asked.size()), ssize_t(asked.size()));
  auto alice = client();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(alice.answer_to("page.state").is_object());
  LineClient late(event_loop, std::move(silent));
  for (int i = 0; i < 200; ++i) EXPECT_EQ(late.next().at("id"), i);
}

TEST_F(PageServerTest, OnlySoManyMayBeConnected) {
  std::vector<std::unique_ptr<LineClient>> clients;
  for (int i = 0; i < 16; ++i) {
    clients.push_back(std::make_unique<LineClient>(event_loop, page_folder, "page.sock"));
    EXPECT_TRUE(clients.back()->answer_to("page.state").is_object());
  }
  auto one_too_many = client();
  EXPECT_EQ(LineClient::code_of(one_too_many.next()), "busy");
  event_loop.run_until([&] { return one_too_many.has_ended; });
  clients.pop_back();
  // The end of the other one is heard after the next that comes, at the latest.
  for (bool answered = false; !answered;) answered = client().answer_to("page.state").is_object();
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
  EXPECT_TRUE(before.answer_to("page.state").is_object());
  PageServer again(event_loop, bus, [](auto, auto) { return Result<std::string>("{}"); });
  ASSERT_TRUE(again.listen(page_folder).has_value());
  EXPECT_EQ(client().answer_to("page.state"), json::object{});
}

TEST_F(PageServerTest, AnEventThatCannotBeReadIsNamedAndTheOthersAreThere) {
  for (const auto* text : {"one", "two", "three"}) bus.note(text);
  // Not strict, as a file is that the agent made.
  auto other = sqlite::Database::open({.file = folder.path() / "events.sqlite", .owner = "test"});
  ASSERT_TRUE(
      other->script("CREATE TABLE copy AS SELECT * FROM event; DROP TABLE event; ALTER TABLE copy RENAME TO event;"
                    "UPDATE event SET at = 'once' WHERE seq = 2"));
  const auto page = client().answer_to("page.history");
  EXPECT_THAT(page.at("events").as_array(), SizeIs(2));
  EXPECT_EQ(json::serialize(page.at("unreadable")), R"([{"id":"2","why":"at should hold a whole number"}])");
}

TEST_F(PageServerTest, WithoutItsStoreThePageShowsWhatIsInMemory) {
  bus.note("stored");
  auto alice = client();
  alice.answer_to("events.subscribe");
  const auto epoch = bus.epoch();
  auto other = sqlite::Database::open({.file = folder.path() / "events.sqlite", .owner = "test"});
  ASSERT_TRUE(other->script("CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'full'); END"));
  bus.note("shown");
  EXPECT_EQ(text_at(alice.next(), "method"), "events.lost");
  EXPECT_THAT(problems, SizeIs(1));
  const auto state = alice.answer_to("page.state");
  EXPECT_FALSE(state.at("has_store").as_bool());
  EXPECT_NE(state.at("epoch").as_string(), epoch);
  const auto page = alice.answer_to("page.history");
  EXPECT_EQ(page.at("events").at(0).at("payload").at("text").as_string(), "shown");
  EXPECT_THAT(json::serialize(page), HasSubstr("The event store failed"));
  EXPECT_THAT(json::serialize(page), ::testing::Not(HasSubstr("stored")));

  ASSERT_TRUE(other->script("DROP TRIGGER full"));
  ASSERT_TRUE(bus.sweep(7, 2'000).has_value());
  EXPECT_EQ(bus.epoch(), epoch);
  bus.note("stored again");
  const auto again = alice.answer_to("page.history");
  ASSERT_THAT(again.at("events").as_array(), SizeIs(2));
  EXPECT_EQ(again.at("events").at(1).at("seq"), 2);
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
  const auto newest = alice.answer_to("page.stats", R"({"limit":1})");
  EXPECT_TRUE(newest.at("more").as_bool());
  const auto turn = decode_value<page::TurnStat>(newest.at("turns").at(0), Unknown::refuse);
  ASSERT_TRUE(turn.has_value());
  EXPECT_EQ(turn->id, 3);
  EXPECT_EQ(turn->tool_calls.at("Bash"), 3);
  EXPECT_EQ(turn->received.operators, 1);
  EXPECT_EQ(turn->sent.peer, 2);
  EXPECT_EQ(turn->open_threads, 4);
  EXPECT_FALSE(turn->open_reminders);
  const auto rest = alice.answer_to("page.stats", R"({"before":3,"since":"1970-01-01T00:00:02Z"})");
  ASSERT_THAT(rest.at("turns").as_array(), SizeIs(1));
  EXPECT_EQ(rest.at("turns").at(0).at("id"), 2);
}

}  // namespace
}  // namespace hive::harness
