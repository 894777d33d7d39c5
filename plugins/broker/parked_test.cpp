#include "testing/broker_fixture.hpp"

namespace hive::broker {
namespace {

class ParkedTest : public BrokerFixture {};

template <class T>
T taken(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

/// Holds the database as another process may.
class Lock {
 public:
  explicit Lock(const std::filesystem::path& root)
      : database_(taken(sqlite::Database::open({.file = root / "broker.sqlite", .owner = "test"}))),
        held_(taken(sqlite::Transaction::begin(database_))) {}

 private:
  sqlite::Database database_;
  sqlite::Transaction held_;
};

TEST_F(ParkedTest, AMessageWakesWhoIsParked) {
  begin_turn(kBob);
  auto parked = park(kBob);
  EXPECT_FALSE(parked.settled());
  sent(kAlice, "bob", "hello");
  auto got = parked.get<Received>();
  ASSERT_TRUE(got);
  EXPECT_THAT(got->messages, ElementsAre(HasBody("hello")));
  EXPECT_EQ(depth_of("bob").leased, 1);
  EXPECT_THAT(host_->published(kDelivered), ::testing::SizeIs(1));
}

TEST_F(ParkedTest, AfterItsTimeItIsEmpty) {
  begin_turn(kBob);
  auto parked = park(kBob, {}, 500);
  host_->advance(179s);
  EXPECT_FALSE(parked.settled());
  host_->advance(2s);
  auto got = parked.get<Received>();
  ASSERT_TRUE(got) << "above 180 s is clamped";
  EXPECT_THAT(got->messages, IsEmpty());
  sent(kAlice, "bob", "hello");
  EXPECT_THAT(received(kBob), ElementsAre(HasBody("hello")));
}

TEST_F(ParkedTest, WhatReachesACallerThatIsGoneGoesBackUnmarked) {
  begin_turn(kBob);
  auto parked = park(kBob);
  parked.cancel();
  sent(kAlice, "bob", "hello");
  ASSERT_TRUE(in_steps([&] { return depth_of("bob").queued == 1; }));
  EXPECT_THAT(received(kBob), ElementsAre(IsRedelivered(false)));
}

TEST_F(ParkedTest, ACallThatIsGivenUpJustAsItsTimeIsUpTakesNothing) {
  begin_turn(kBob);
  auto parked = park(kBob, "given up");
  host_->hold_timers();
  host_->advance(180s);
  parked.cancel();
  host_->let_timers_go();
  sent(kAlice, "bob", "hello");
  EXPECT_EQ(depth_of("bob").queued, 1) << "nobody waits for it";
  EXPECT_EQ(depth_of("bob").leased, 0);
  EXPECT_THAT(received(kBob, "next"), ElementsAre(HasBody("hello")));
}

TEST_F(ParkedTest, ACallThatTheDatabaseCannotEndTakesNothing) {
  begin_turn(kBob);
  auto parked = park(kBob);
  {
    const Lock held(root_.path());
    host_->advance(180s);
    EXPECT_FALSE(parked.get<Received>()) << "its end could not be stored";
  }
  sent(kAlice, "bob", "hello");
  begin_turn(kBob);
  EXPECT_THAT(received(kBob), ElementsAre(IsRedelivered(false)));
}

TEST_F(ParkedTest, ACallThatTheDatabaseCannotEvenTakeBackTakesNothing) {
  begin_turn(kBob);
  auto parked = park(kBob);
  {
    const Lock held(root_.path());
    host_->advance(180s);
    EXPECT_FALSE(parked.get<Received>()) << "its end could not be stored";
    EXPECT_FALSE(send(kAlice, "bob", "refused")) << "nor what was asked for after it, so it was given up before";
  }
  sent(kAlice, "bob", "hello");
  EXPECT_THAT(received(kBob), ElementsAre(HasBody("hello")));
}

TEST_F(ParkedTest, TheEndOfTheTurnEndsIt) {
  const auto turn = begin_turn(kBob);
  auto parked = park(kBob);
  end_turn(kBob, turn, "ok");
  EXPECT_EQ(parked.get<Received>().error().code, Code::conflict);
  auto other = begin_turn(kBob);
  auto again = park(kBob);
  EXPECT_GT(begin_turn(kBob), other);
  EXPECT_EQ(again.get<Received>().error().code, Code::conflict);
}

TEST_F(ParkedTest, ARepeatTakesThePlaceOfTheFirst) {
  begin_turn(kBob);
  auto first = park(kBob, "k");
  auto second = park(kBob, "k");
  EXPECT_EQ(first.get<Received>().error().code, Code::conflict);
  sent(kAlice, "bob", "hello");
  EXPECT_THAT(second.get<Received>()->messages, ElementsAre(HasBody("hello")));
  EXPECT_THAT(received(kBob, "k"), ElementsAre(HasBody("hello")));
}

TEST_F(ParkedTest, TwoWhoWaitGetOneMessageEach) {
  begin_turn(kBob);
  auto first = park(kBob, "a");
  auto second = park(kBob, "b");
  sent(kAlice, "bob", "one");
  EXPECT_THAT(first.get<Received>()->messages, ElementsAre(HasBody("one")));
  EXPECT_FALSE(second.settled());
  sent(kAlice, "bob", "two");
  EXPECT_THAT(second.get<Received>()->messages, ElementsAre(HasBody("two")));
}

TEST_F(ParkedTest, AMessageOfTheSameGroupReachesItToo) {
  begin_turn(kBob);
  host_->hold_work();
  auto parked = host_->begin(kBob, kRecv, recv_params(180));
  Send what;
  what.to = "bob", what.body = "hello";
  host_->begin(kAlice, kSend, what);
  host_->settle();
  host_->let_work_go();
  EXPECT_THAT(parked.get<Received>()->messages, ElementsAre(HasBody("hello")));
}

TEST_F(ParkedTest, AWaitOfMoreThanTheLongestIsCutToIt) {
  begin_turn(kBob);
  auto parked = park(kBob, {}, kMaxInteger);
  sent(kAlice, "bob", "hello");
  EXPECT_THAT(parked.get<Received>()->messages, ElementsAre(HasBody("hello")));
  auto refused = host_->begin(kBob, kRecv, recv_params(-1)).get<Received>();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::invalid_params);
}

TEST_F(ParkedTest, AGroupGivesItNoMoreThanAReplyHolds) {
  host_->unload();
  start(R"({"body_bytes":49152})");
  begin_turn(kBob);
  host_->hold_work();
  auto parked = host_->begin(kBob, kRecv, recv_params(180));
  Send what;
  what.to = "bob", what.body = std::string(8'000, '"');  // 16,000 characters as JSON text
  for (int i = 0; i < 10; ++i) host_->begin(kAlice, kSend, what);
  what.body = "small";
  host_->begin(kAlice, kSend, what);
  host_->settle();
  host_->let_work_go();
  auto got = parked.get<Received>();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->messages.size(), 3u);
  EXPECT_EQ(got->waiting, 8);
  received(kBob), received(kBob);
  EXPECT_THAT(received(kBob), ElementsAre(HasBody(std::string(8'000, '"')), HasBody("small")))
      << "it has overtaken nothing";
}

TEST_F(ParkedTest, ADeadLetterThatIsQueuedAgainReachesWhoIsParked) {
  const auto id = sent(kAlice, "bob", "poison");
  for (int i = 0; i < 5; ++i) {
    const auto turn = begin_turn(kBob);
    received(kBob);
    end_turn(kBob, turn, "failed");
  }
  begin_turn(kBob);
  auto parked = park(kBob);
  ASSERT_TRUE(host_->call("operator", kRequeue, MessageRef{id}));
  EXPECT_THAT(parked.get<Received>()->messages, ElementsAre(HasBody("poison")));
}

TEST_F(ParkedTest, StoppingThePluginEndsItAndLosesNothing) {
  begin_turn(kBob);
  auto parked = park(kBob);
  restart();
  sent(kAlice, "bob", "hello");
  EXPECT_THAT(received(kBob), ElementsAre(HasBody("hello")));
}

}  // namespace
}  // namespace hive::broker
