#include <hive/sdk/contracts/broker.hpp>
#include <hive/testing/manual_clock.hpp>
#include <hive/testing/test_host.hpp>

#include <gmock/gmock.h>

#include <thread>

namespace hive::testing {
namespace {

struct Ask {
  std::string name;
  std::int64_t wait_ms = 0;
};
constexpr auto fields(Of<Ask>) {
  return shape(field<&Ask::name>("name", "whom"), field<&Ask::wait_ms>("wait_ms", "how long").defaulted());
}
struct Answer {
  std::string text;
};
constexpr auto fields(Of<Answer>) {
  return shape(field<&Answer::text>("text", "what"));
}

constexpr Who kAll = Who::operators | Who::agents;
constexpr Method<Ask, Answer> kGreet{.name = "t.greet", .callers = kAll, .doc = "x"};
constexpr Method<Ask, Answer> kPark{.name = "t.park", .callers = kAll, .doc = "x"};
constexpr Method<Ask, Answer> kForward{.name = "t.forward", .callers = kAll, .doc = "x"};
constexpr Method<Ask, Answer> kThread{.name = "t.thread", .callers = kAll, .doc = "x"};
constexpr Method<None, Answer> kOwn{.name = "t.own", .callers = kAll, .doc = "x"};
constexpr Event<Answer> kSaid{"t.said", kAll, "x"};
constexpr Event<Answer> kOther{"o.other", kAll, "x"};

class Subject {
 public:
  explicit Subject(Host& host) : host_(host) {}
  ~Subject() {
    if (worker_.joinable()) worker_.join();
  }

  Status start() {
    host_.answer(kGreet, [this](Caller who, Ask ask) -> Result<Answer> {
      host_.publish(kSaid, Answer{ask.name});
      return Answer{std::string(who.name()) + " greets " + ask.name};
    });
    host_.answer(kPark, [this](Caller, Ask ask) { return park(std::move(ask)); });
    host_.answer(kForward, [this](Caller, Ask ask) { return forward(std::move(ask)); });
    host_.answer(kThread, [this](Caller, Ask ask) { return by_thread(std::move(ask)); });
    host_.subscribe(kSaid, [this](Stamp, Answer said) { own_.push_back(said.text); });
    host_.answer(kOwn, [this](Caller, None) -> Result<Answer> {
      return Answer{own_.empty() ? "" : own_.front() + " to " + own_.back()};
    });
    host_.subscribe(kOther, [this](Stamp, Answer said) {
      heard_ = said.text;
      signal_.notify_all();
    });
    return {};
  }

 private:
  Task<Result<Answer>> park(Ask ask) {
    auto woken = co_await signal_.wait(host_, milliseconds(ask.wait_ms));
    if (!woken) co_return woken.error();
    co_return Answer{*woken ? heard_ : "time is up"};
  }
  Task<Result<Answer>> forward(Ask ask) {
    broker::Send send{.to = ask.name, .body = "hi"};
    auto sent = co_await host_.call(broker::kSend, send);
    if (!sent) co_return sent.error();
    co_return Answer{std::to_string(sent->id)};
  }
  Task<Result<Answer>> by_thread(Ask) {
    worker_ = std::thread([this] {
      host_.post([this] {
        heard_ = "from a thread";
        signal_.notify_all();
      });
    });
    auto woken = co_await signal_.wait(host_, milliseconds(60'000));
    if (!woken) co_return woken.error();
    co_return Answer{heard_};
  }

  Host& host_;
  Signal signal_;
  std::vector<std::string> own_;
  std::string heard_;
  std::thread worker_;
};

struct TestHostTest : ::testing::Test {
  void SetUp() override { ASSERT_TRUE(host.load<Subject>()); }
  TestHost host{"/nowhere"};
};

TEST_F(TestHostTest, AHandlerAnswersAndPublishes) {
  auto answer = host.call("agent:alice", kGreet, Ask{"bob"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->text, "alice greets bob");
  ASSERT_EQ(host.published(kSaid).size(), 1U);
  EXPECT_EQ(host.published(kSaid)[0].text, "bob");
}

TEST_F(TestHostTest, APluginHearsItsOwnEvents) {
  ASSERT_TRUE(host.call("operator", kGreet, Ask{"bob"}));
  ASSERT_TRUE(host.call("operator", kGreet, Ask{"eve"}));
  EXPECT_EQ(host.call("operator", kOwn, None{})->text, "bob to eve");
}

TEST_F(TestHostTest, AParkedCallEndsByEventByTimeOrByItsCaller) {
  auto first = host.begin("operator", kPark, Ask{"", 1'000});
  EXPECT_FALSE(first.settled());
  host.emit(kOther, Answer{"news"});
  EXPECT_EQ(first.get<Answer>()->text, "news");

  auto second = host.begin("operator", kPark, Ask{"", 1'000});
  host.advance(milliseconds(999));
  EXPECT_FALSE(second.settled());
  host.advance(milliseconds(1));
  EXPECT_EQ(second.get<Answer>()->text, "time is up");

  auto third = host.begin("operator", kPark, Ask{"", 1'000});
  third.cancel();
  EXPECT_EQ(third.get<Answer>().error().code, Code::cancelled);
}

TEST_F(TestHostTest, OtherPluginsAreFakes) {
  EXPECT_EQ(host.call("operator", kForward, Ask{"bob"}).error().code, Code::unavailable);
  host.fake(broker::kSend,
            [](broker::Send send) -> Result<broker::Sent> { return broker::Sent{send.to == "bob" ? 7 : 8}; });
  EXPECT_EQ(host.call("operator", kForward, Ask{"bob"})->text, "7");
}

TEST_F(TestHostTest, AThreadOfThePluginIsWaitedFor) {
  EXPECT_EQ(host.call("operator", kThread, Ask{"x"})->text, "from a thread");
}

TEST_F(TestHostTest, UnloadEndsWhatIsParked) {
  auto parked = host.begin("operator", kPark, Ask{"", 1'000});
  host.unload();
  EXPECT_EQ(parked.get<Answer>().error().code, Code::cancelled);
}

/// Answers one method twice and takes back more than it answers.
class Fickle {
 public:
  explicit Fickle(Host& host) : host_(host) {}
  Status start() {
    host_.answer(kGreet, [](Caller, Ask) -> Result<Answer> { return Answer{"first"}; });
    host_.answer(kGreet, [](Caller, Ask) -> Result<Answer> { return Answer{"second"}; });
    host_.answer(kPark, [this](Caller, Ask) -> Result<Answer> {
      for (int i = 0; i < 2; ++i) host_.retract(kGreet.name);
      host_.retract("t.nothing");
      return Answer{"gone"};
    });
    return {};
  }

 private:
  Host& host_;
};

TEST(RetractTest, TheLastAnswerCountsAndWhatIsNotAnsweredIsNotTakenBack) {
  TestHost host("/nowhere");
  ASSERT_TRUE(host.load<Fickle>());
  EXPECT_EQ(host.call("operator", kGreet, Ask{"x"})->text, "second");
  EXPECT_EQ(host.call("operator", kPark, Ask{"x"})->text, "gone");
  EXPECT_EQ(host.call("operator", kGreet, Ask{"x"}).error().code, Code::method_not_found);
  host.unload();  // returns once each of the three handlers has ended
}

/// Posts as its last act, as a plugin does whose thread is still at work when it is told to stop.
class LastWords {
 public:
  explicit LastWords(Host& host) : host_(host) {}
  ~LastWords() {
    std::thread([this] { host_.post([this] { *said_ = true; }); }).join();
  }
  Status start() { return {}; }

  static inline bool heard = false;

 private:
  Host& host_;
  bool* said_ = &heard;
};

TEST(PostTest, WhatArrivesAfterTheEndIsDropped) {
  TestHost host("/nowhere");
  ASSERT_TRUE(host.load<LastWords>());
  host.unload();
  host.settle();
  EXPECT_FALSE(LastWords::heard);
}

TEST(ManualClockTest, SaysWhatTheTestSays) {
  ManualClock clock(Time{1'000});
  clock.advance_ms(500);
  EXPECT_EQ(wall_time(), Time{1'500});
}

}  // namespace
}  // namespace hive::testing
