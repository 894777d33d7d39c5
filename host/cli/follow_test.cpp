#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "commands_test_fixture.hpp"

namespace hive::host::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

/// What the operator reads while it comes: mail, events, logs.
using FollowTest = CommandsTest;

TEST_F(FollowTest, InboxShowsTheOperatorsMailNewestLast) {
  host_.answer("broker.recent", R"({"messages":[)" + entry(9, "alice", "operator", "two\\nlines") + "," +
                                    entry(8, "operator", "alice", "mine") + "," +
                                    entry(7, "manager", "operator", "old") + "]}");
  host_.start();
  const auto ran = run({"inbox"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out,
              MatchesRegex("#7  manager → operator .*\n    old\n#9  alice → operator .*\n    two\n    lines\n"));
  EXPECT_THAT(run({"inbox", "--sent", "--limit", "2", "--json"}).out,
              MatchesRegex(".*\"body\":\"mine\".*\n.*\"body\":\"two.*\n"));
}

TEST_F(FollowTest, InboxWaitsForTheAnswerToWhatWasSentLast) {
  host_.answer("broker.recent", R"({"messages":[)" + entry(8, "operator", "alice", "question") + "," +
                                    entry(7, "manager", "operator", "old") + "]}");
  host_.answer("events.subscribe", [this](const std::string&) {
    message_event(9, "alice", "bob", "not for the operator");
    message_event(10, "alice", "operator", "answer");
    return kSubscribed;
  });
  host_.start();
  const auto ran = run({"inbox", "--wait", "30"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, MatchesRegex("#10  alice → operator .*\n    answer\n"));
}

TEST_F(FollowTest, InboxShowsAtOnceWhatIsThere) {
  host_.answer("broker.recent", R"({"messages":[)" + entry(9, "alice", "operator", "answer") + "," +
                                    entry(8, "operator", "alice", "question") + "]}");
  host_.answer("events.subscribe", kSubscribed);
  host_.start();
  EXPECT_THAT(run({"inbox", "--wait"}).out, HasSubstr("answer"));
}

TEST_F(FollowTest, InboxWaitsForAsManyAsAreWanted) {
  host_.answer("broker.recent", R"({"messages":[)" + entry(9, "alice", "operator", "first") + "," +
                                    entry(8, "operator", "alice", "question") + "]}");
  host_.answer("events.subscribe", [this](const std::string&) {
    message_event(9, "alice", "operator", "first");
    message_event(10, "alice", "operator", "second");
    message_event(11, "alice", "operator", "third");
    return kSubscribed;
  });
  host_.start();
  EXPECT_THAT(run({"inbox", "--wait", "--count", "2"}).out, MatchesRegex("#9 .*first\n#10 .*second\n"));
}

TEST_F(FollowTest, InboxWaitsOverARestartOfTheHost) {
  int life = 1;
  const auto before = entry(9, "alice", "operator", "before") + "," + entry(8, "operator", "alice", "question");
  host_.answer("events.subscribe", [&](const std::string&) {
    if (life == 2) message_event(11, "alice", "operator", "after");
    return kSubscribed;
  });
  host_.answer("broker.recent", [&](const std::string&) {
    const auto there = life == 1 ? before : entry(10, "alice", "operator", "meanwhile") + "," + before;
    if (life++ == 1) host_.close_after_reply();
    return R"({"messages":[)" + there + "]}";
  });
  host_.start();
  const auto ran = run({"inbox", "--wait", "30", "--count", "3", "-n", "1"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, MatchesRegex("#9 .*before\n#10 .*meanwhile\n#11 .*after\n"));
  EXPECT_EQ(ran.err, "hive-c0re: the host has ended; waiting for it to come back\n");
}

TEST_F(FollowTest, AWaitThatIsOverSaysSo) {
  host_.answer("broker.recent", R"({"messages":[]})");
  host_.answer("events.subscribe", kSubscribed);
  host_.start();
  const auto ran = run({"inbox", "--wait", "0"});
  EXPECT_EQ(ran.code, 75);
  EXPECT_THAT(ran.err, HasSubstr("no more mail came within 0 s"));
}

TEST_F(FollowTest, EventsAreShownAsTheyCome) {
  host_.answer("events.subscribe", [this](const std::string& params) {
    EXPECT_EQ(params, R"({"topics":["turns.changed"]})");
    host_.publish_after_reply("turns.changed", R"({"name":"alice"})");
    return kSubscribed;
  });
  host_.start();
  EXPECT_THAT(run({"events", "--follow", "turns.changed", "--json", "--count", "1"}).out,
              HasSubstr(R"("topic":"turns.changed","payload":{"name":"alice"})"));
}

TEST_F(FollowTest, EventsAreShownOverARestartOfTheHost) {
  int started = 0;
  host_.answer("events.subscribe", [&](const std::string&) {
    host_.publish_after_reply("turns.changed", R"({"life":)" + std::to_string(++started) + "}");
    if (started == 1) host_.close_after_reply();
    return kSubscribed;
  });
  host_.start();
  const auto ran = run({"events", "--follow", "turns.changed", "--json", "--count", "2"});
  EXPECT_THAT(ran.out, MatchesRegex(".*\"life\":1.*\n.*\"life\":2.*\n"));
  EXPECT_THAT(ran.err, HasSubstr("events before this line may be missing"));
}

TEST_F(FollowTest, LogsShowTheStreamAndNoControlCharacters) {
  host_.answer("journal.read", R"({"lines":[
    {"cursor":1,"at":"2026-05-01T12:00:00.000Z","stream":"out","text":"hello"},
    {"cursor":2,"at":"2026-05-01T12:00:00.000Z","stream":"supervisor","text":"ended\u0007"}],"cursor":2})");
  host_.start();
  const auto ran = run({"logs", "alice", "-n", "5"});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("  hello\n"), HasSubstr("  [supervisor] ended␇\n")));
  EXPECT_THAT(host_.calls(), ElementsAre(R"(journal.read {"name":"alice","lines":5})"));
}

}  // namespace
}  // namespace hive::host::cli
