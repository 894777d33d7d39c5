#include <hive/sdk/contracts/journal.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/commands_fixture.hpp"

namespace hive::host::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

/// What the operator reads while it comes: mail, events, logs.
class FollowTest : public CommandsTest {
 protected:
  void subscribers_get(std::vector<broker::Message> messages) {
    host_.by_method["events.subscribe"] = [this, messages = std::move(messages)](const FakeHost::Call& call) {
      host_.reply(call, page::kSubscribe, {"e-0"});
      for (const auto& message : messages) host_.publish(call, broker::kSentEvent, {message});
    };
  }
};

TEST_F(FollowTest, InboxShowsTheOperatorsMailNewestLast) {
  host_.answer(broker::kRecent,
               {{entry_of(9, "alice", "operator", "two\nlines"), entry_of(8, "operator", "alice", "mine"),
                 entry_of(7, "manager", "operator", "old")}});
  start();
  const auto ran = run({"inbox"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out,
              MatchesRegex("#7  manager → operator .*\n    old\n#9  alice → operator .*\n    two\n    lines\n"));
  EXPECT_THAT(run({"inbox", "--sent", "--limit", "2", "--json"}).out,
              MatchesRegex(".*\"body\":\"mine\".*\n.*\"body\":\"two.*\n"));
}

TEST_F(FollowTest, InboxWaitsForTheAnswerToWhatWasSentLast) {
  host_.answer(broker::kRecent,
               {{entry_of(8, "operator", "alice", "question"), entry_of(7, "manager", "operator", "old")}});
  subscribers_get(
      {message_of(9, "alice", "bob", "not for the operator"), message_of(10, "alice", "operator", "answer")});
  start();
  const auto ran = run({"inbox", "--wait", "30"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, MatchesRegex("#10  alice → operator .*\n    answer\n"));
}

TEST_F(FollowTest, InboxShowsAtOnceWhatIsThere) {
  host_.answer(broker::kRecent,
               {{entry_of(9, "alice", "operator", "answer"), entry_of(8, "operator", "alice", "question")}});
  subscribers_get({});
  start();
  EXPECT_THAT(run({"inbox", "--wait"}).out, HasSubstr("answer"));
}

TEST_F(FollowTest, InboxWaitsForAsManyAsAreWanted) {
  host_.answer(broker::kRecent,
               {{entry_of(9, "alice", "operator", "first"), entry_of(8, "operator", "alice", "question")}});
  subscribers_get({message_of(9, "alice", "operator", "first"), message_of(10, "alice", "operator", "second"),
                   message_of(11, "alice", "operator", "third")});
  start();
  EXPECT_THAT(run({"inbox", "--wait", "--count", "2"}).out, MatchesRegex("#9 .*first\n#10 .*second\n"));
}

TEST_F(FollowTest, InboxWaitsOverARestartOfTheHost) {
  int life = 1;
  broker::Entries there{{entry_of(9, "alice", "operator", "before"), entry_of(8, "operator", "alice", "question")}};
  subscribers_get({});
  host_.by_method["broker.recent"] = [&](const FakeHost::Call& call) {
    host_.reply(call, broker::kRecent, there);
    if (life++ != 1) return;
    host_.hang_up(call);
    there.messages.insert(there.messages.begin(), entry_of(10, "alice", "operator", "meanwhile"));
    subscribers_get({message_of(11, "alice", "operator", "after")});
  };
  start();
  const auto ran = run({"inbox", "--wait", "30", "--count", "3", "-n", "1"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, MatchesRegex("#9 .*before\n#10 .*meanwhile\n#11 .*after\n"));
  EXPECT_EQ(ran.err, "hive-c0re: the host has ended; waiting for it to come back\n");
}

TEST_F(FollowTest, AWaitThatIsOverSaysSo) {
  host_.answer(broker::kRecent, {});
  subscribers_get({});
  start();
  const auto ran = run({"inbox", "--wait", "0"});
  EXPECT_EQ(ran.code, 75);
  EXPECT_THAT(ran.err, HasSubstr("no more mail came within 0 s"));
}

TEST_F(FollowTest, EventsAreShownAsTheyCome) {
  host_.by_method["events.subscribe"] = [this](const FakeHost::Call& call) {
    EXPECT_EQ(write_json(call.params), R"({"topics":["turns.changed"]})");
    host_.reply(call, page::kSubscribe, {"e-0"});
    host_.publish(call, "turns.changed", R"({"name":"alice"})");
  };
  start();
  EXPECT_THAT(run({"events", "--follow", "turns.changed", "--json", "--count", "1"}).out,
              HasSubstr(R"("topic":"turns.changed","payload":{"name":"alice"})"));
}

TEST_F(FollowTest, EventsAreShownOverARestartOfTheHost) {
  int started = 0;
  host_.by_method["events.subscribe"] = [&](const FakeHost::Call& call) {
    host_.reply(call, page::kSubscribe, {"e-0"});
    host_.publish(call, "turns.changed", R"({"life":)" + std::to_string(++started) + "}");
    if (started == 1) host_.hang_up(call);
  };
  start();
  const auto ran = run({"events", "--follow", "turns.changed", "--json", "--count", "2"});
  EXPECT_THAT(ran.out, MatchesRegex(".*\"life\":1.*\n.*\"life\":2.*\n"));
  EXPECT_THAT(ran.err, HasSubstr("events before this line may be missing"));
}

TEST_F(FollowTest, LogsShowTheStreamAndNoControlCharacters) {
  host_.answer(journal::kRead, {{{1, kNoon, "out", "hello"}, {2, kNoon, "supervisor", "ended\a"}}, 2});
  start();
  const auto ran = run({"logs", "alice", "-n", "5"});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("  hello\n"), HasSubstr("  [supervisor] ended␇\n")));
  EXPECT_THAT(calls(), ElementsAre(R"(journal.read {"name":"alice","lines":5})"));
}

}  // namespace
}  // namespace hive::host::cli
