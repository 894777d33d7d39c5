#include "event_hub.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

namespace hive::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EventHubTest : public ::testing::Test {
 protected:
  explicit EventHubTest(HubLimits limits = {}) : hub(limits) {
    hub.declare("t.news", std::uint32_t(Who::operators), "t");
  }
  void publish(int count, std::size_t bytes = 8) {
    const auto payload = '"' + std::string(bytes - 2, 'x') + '"';
    for (int i = 0; i < count; ++i) hub.publish({"t.news", "", payload});
  }
  std::string stamp(int number) const { return hub.epoch() + "-" + std::to_string(number); }
  std::shared_ptr<Subscription> listener() {
    auto made = std::make_shared<Subscription>();
    made->strand = io.get_executor();
    made->principal = "operator";
    made->topics = {"t.news"};
    made->deliver = [this](const StoredEvent& event) { seen.push_back(event.seq); };
    made->ended = [this](Code why, const std::string&) { ended = why; };
    return made;
  }
  std::string refusal(int since) {
    const auto from = hub.subscribe(listener(), stamp(since));
    return from ? "accepted" : from.error().message;
  }

  boost::asio::io_context io;
  EventHub hub;
  std::vector<std::uint64_t> seen;
  Code ended = Code::ok;
};

struct SmallQueue : EventHubTest {
  SmallQueue() : EventHubTest({.queue = 3, .ring = 100}) {}
};

TEST_F(SmallQueue, AReplayThatFitsIsDeliveredInOrder) {
  publish(5);
  ASSERT_TRUE(hub.subscribe(listener(), stamp(2)));
  io.run();
  EXPECT_THAT(seen, ElementsAre(3, 4, 5));
  EXPECT_EQ(ended, Code::ok);
}

TEST_F(SmallQueue, AReplayOfMoreThanAQueueHoldsIsRefused) {
  publish(5);
  EXPECT_THAT(refusal(1), HasSubstr("take a snapshot"));
  io.run();
  EXPECT_THAT(seen, IsEmpty());
  EXPECT_EQ(hub.subscribers(), 0U);
}

TEST_F(EventHubTest, AStarIsForAllThatTheOperatorMaySeeInOneOrder) {
  hub.declare("t.secret", std::uint32_t(Who::plugins), "t");
  auto all = listener();
  all->topics = {"*"};
  ASSERT_TRUE(hub.subscribe(all, ""));
  hub.declare("u.later", std::uint32_t(Who::operators), "u");
  hub.publish({"t.news", "", "1"});
  hub.publish({"t.secret", "", "2"});
  hub.publish({"u.later", "", "3"});
  io.run();
  EXPECT_THAT(seen, ElementsAre(1, 3));
  hub.unsubscribe(all);
  EXPECT_EQ(hub.subscribers(), 0U);
}

TEST_F(EventHubTest, AStarReplaysAllTopics) {
  publish(3);
  auto all = listener();
  all->topics = {"*"};
  ASSERT_TRUE(hub.subscribe(all, stamp(1)));
  io.run();
  EXPECT_THAT(seen, ElementsAre(2, 3));
}

TEST_F(EventHubTest, AStarIsForOperatorsAndAlone) {
  for (const auto* principal : {"agent:alice", "manager", "plugin:broker"}) {
    auto all = listener();
    all->topics = {"*"};
    all->principal = principal;
    EXPECT_EQ(hub.subscribe(all, "").error().code, Code::forbidden) << principal;
  }
  auto both = listener();
  both->topics = {"*", "t.news"};
  EXPECT_EQ(hub.subscribe(both, "").error().code, Code::invalid_params);
}

struct FewBytes : EventHubTest {
  FewBytes() : EventHubTest({.queue_bytes = 12'000, .ring_bytes = 10'000}) {}
};

TEST_F(FewBytes, TheRingKeepsWhatItHasBytesFor) {
  publish(10, 4'000);
  EXPECT_THAT(refusal(7), HasSubstr("are not kept"));
  ASSERT_TRUE(hub.subscribe(listener(), stamp(8)));
  io.run();
  EXPECT_THAT(seen, ElementsAre(9, 10));
}

TEST_F(FewBytes, AnEventLargerThanTheRingReachesWhoListensAndIsNotKept) {
  ASSERT_TRUE(hub.subscribe(listener(), ""));
  publish(1, 11'000);
  io.run();
  EXPECT_THAT(seen, ElementsAre(1));
  EXPECT_THAT(refusal(0), HasSubstr("are not kept"));
}

TEST_F(FewBytes, AQueueIsFullByBytesToo) {
  ASSERT_TRUE(hub.subscribe(listener(), ""));
  publish(2, 4'000);
  io.run();
  io.restart();
  publish(2, 4'000);  // what was delivered counts no more
  io.run();
  EXPECT_EQ(ended, Code::ok);
  io.restart();
  publish(3, 4'000);
  io.run();
  EXPECT_EQ(ended, Code::busy);
  EXPECT_THAT(seen, ElementsAre(1, 2, 3, 4));
}

}  // namespace
}  // namespace hive::host
