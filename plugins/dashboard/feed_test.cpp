#include "feed.hpp"

#include <gmock/gmock.h>

namespace hive::dashboard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FeedTest : public ::testing::Test {
 protected:
  explicit FeedTest(FeedLimits limits = {}) : feed(limits) {}
  struct Reader {
    std::vector<std::string> frames;
    bool gone = false;
  };
  Feed::Reader join(Reader& reader, std::set<std::string, std::less<>> topics, const std::string& last = {}) {
    return feed.join(std::move(topics), last, [&reader](const http::Bytes& frame) {
      if (!reader.gone) reader.frames.push_back(*frame);
      return !reader.gone;
    });
  }
  std::string frame(int number, const std::string& topic, const std::string& data) const {
    return "id: " + stamp(number) + "\nevent: " + topic + "\ndata: " + data + "\n\n";
  }
  std::string stamp(int number) const { return feed.epoch() + "-" + std::to_string(number); }
  /// What a reader of `a` that comes back gets.
  std::vector<std::string> after(const std::string& last) {
    Reader reader;
    feed.leave(join(reader, {"a"}, last));
    return reader.frames;
  }

  Feed feed;
};

TEST_F(FeedTest, AReaderGetsItsTopicsInOneOrder) {
  Reader reader;
  join(reader, {"a", "b"});
  feed.publish("a", "1");
  feed.publish("other", "2");
  feed.publish("b", "3");
  EXPECT_THAT(reader.frames, ElementsAre(frame(1, "a", "1"), frame(3, "b", "3")));
}

TEST_F(FeedTest, AFrameIsMadeOnceForAll) {
  std::vector<http::Bytes> seen;
  for (int i = 0; i < 3; ++i)
    feed.join({"a"}, "", [&](const http::Bytes& frame) { return seen.push_back(frame), true; });
  feed.publish("a", "1");
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(seen[0], seen[2]);
}

TEST_F(FeedTest, WhoComesBackGetsWhatItMissedAndNothingTwice) {
  for (int i = 1; i <= 4; ++i) feed.publish(i % 2 == 0 ? "a" : "b", std::to_string(i));
  EXPECT_THAT(after(stamp(2)), ElementsAre(frame(4, "a", "4")));
  EXPECT_THAT(after(stamp(4)), IsEmpty());
  EXPECT_THAT(after(""), IsEmpty());
  Reader both;
  join(both, {"a", "b"}, stamp(1));
  EXPECT_THAT(both.frames, ElementsAre(frame(2, "a", "2"), frame(3, "b", "3"), frame(4, "a", "4")));
}

TEST_F(FeedTest, AnotherLifeOrAStampOfNoneIsASnapshotAnew) {
  feed.publish("a", "1");
  for (const auto& last : {std::string("0-1"), stamp(2), stamp(99), feed.epoch(), feed.epoch() + "-x", std::string("-"),
                           feed.epoch() + "-1x", std::string(10'000, '9')})
    EXPECT_THAT(after(last), ElementsAre(HasSubstr("event: resync\ndata: {\"reason\":"))) << last;
}

struct SmallFeed : FeedTest {
  SmallFeed() : FeedTest({.topic_frames = 3, .topic_bytes = 10'000, .replay_bytes = 1'000}) {}
};

TEST_F(SmallFeed, KeepsTheNewestOfEachTopicSoThatABusyOnePushesOutNoOther) {
  feed.publish("a", "1");
  for (int i = 0; i < 100; ++i) feed.publish("busy", "x");
  EXPECT_THAT(after(stamp(0)), ElementsAre(frame(1, "a", "1")));
  for (int i = 102; i <= 105; ++i) feed.publish("a", std::to_string(i));
  EXPECT_THAT(after(stamp(50)), ElementsAre(HasSubstr("not kept")));  // 102 is gone
  EXPECT_THAT(after(stamp(102)), ElementsAre(frame(103, "a", "103"), frame(104, "a", "104"), frame(105, "a", "105")));
}

TEST_F(SmallFeed, BoundsWhatItKeepsAndSendsInBytes) {
  feed.publish("a", std::string(20'000, 'x'));
  EXPECT_THAT(after(stamp(0)), ElementsAre(HasSubstr("not kept")));
  feed.publish("a", std::string(2'000, 'x'));
  EXPECT_THAT(after(stamp(1)), ElementsAre(HasSubstr("more was missed")));
}

TEST_F(FeedTest, AReaderThatIsGoneOrTooSlowLeavesAndNobodyElseSuffers) {
  Reader slow, other;
  join(slow, {"a"});
  join(other, {"a"});
  slow.gone = true;
  feed.publish("a", "1");
  EXPECT_EQ(feed.readers(), 1U);
  feed.publish("a", "2");
  EXPECT_EQ(other.frames.size(), 2U);
}

TEST_F(FeedTest, ASessionThatEndsTakesItsReadersAlone) {
  Reader one, two, other;
  const auto send_to = [](Reader& reader) {
    return [&reader](const http::Bytes& frame) { return reader.frames.push_back(*frame), true; };
  };
  feed.join({"a"}, "", send_to(one), "ends");
  feed.join({"a", "b"}, "", send_to(two), "ends");
  feed.join({"a"}, "", send_to(other), "stays");
  feed.end("ends");
  feed.publish("a", "1");
  feed.publish("b", "2");
  EXPECT_THAT(one.frames, IsEmpty());
  EXPECT_THAT(two.frames, IsEmpty());
  EXPECT_THAT(other.frames, ElementsAre(frame(1, "a", "1")));
}

TEST_F(FeedTest, ALossInsideTheHostReachesAllAndWhoComesBack) {
  feed.publish("a", "1");
  Reader reader;
  join(reader, {"a"});
  const auto before = stamp(1);
  feed.lose("lost");
  EXPECT_THAT(reader.frames, ElementsAre(HasSubstr("event: resync")));
  EXPECT_THAT(after(before), ElementsAre(HasSubstr("event: resync")));
  EXPECT_THAT(after(stamp(int(feed.last()))), IsEmpty());
}

TEST_F(FeedTest, WhatIsForgottenIsNotGoneOnFrom) {
  feed.publish("agent/alice", "1");
  feed.forget("agent/alice");
  Reader alice, a;
  join(alice, {"agent/alice"}, stamp(1));
  join(a, {"a"}, stamp(1));
  EXPECT_THAT(alice.frames, ElementsAre(HasSubstr("event: resync")));
  EXPECT_THAT(a.frames, IsEmpty());
}

TEST_F(FeedTest, SaysWhoReadsWhat) {
  Reader one, two;
  join(one, {"agent/alice", "a"});
  const auto second = join(two, {"agent/alice", "agent/bob"});
  EXPECT_EQ(feed.topics_with("agent/").size(), 2U);
  feed.leave(second);
  EXPECT_THAT(feed.topics_with("agent/"), ElementsAre(std::pair<const std::string, std::size_t>("agent/alice", 1)));
}

TEST_F(FeedTest, LinesInPayloadsCannotMakeFrames) {
  Reader reader;
  join(reader, {"a"});
  feed.publish("a", "1\n\nevent: evil\ndata: 2");
  EXPECT_THAT(reader.frames, ElementsAre(frame(1, "a", "1\ndata: \ndata: event: evil\ndata: data: 2")));
}

}  // namespace
}  // namespace hive::dashboard
