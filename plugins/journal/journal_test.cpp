#include "journal.hpp"

#include <hive/testing/manual_clock.hpp>
#include <hive/testing/temporary_folder.hpp>
#include <hive/testing/test_host.hpp>

#include <gmock/gmock.h>

namespace hive::journal {
namespace {

using runtime::LogLine;

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() {
    host_.fake(runtime::kStatus, [](const runtime::Name& name) -> Result<runtime::Container> {
      const bool known = name.name == "alice" || name.name == "manager";
      return runtime::Container{.name = name.name, .state = known ? runtime::State::running : runtime::State::absent};
    });
    host_.fake(runtime::kLogs, [this](const runtime::ReadLogs& what) -> Result<runtime::LogLines> {
      runtime::LogLines out{.cursor = what.after.value_or(0)};
      for (const auto& line : log_) {
        if (line.cursor <= what.after.value_or(0) || std::int64_t(out.lines.size()) >= what.lines) continue;
        out.lines.push_back(line);
        out.cursor = line.cursor;
      }
      return out;
    });
    EXPECT_TRUE(host_.load<Journal>());
  }
  void writes(const std::string& stream, const std::string& text) {
    const auto cursor = std::int64_t(log_.size()) + 1;
    log_.push_back({cursor, clock_now_, stream, text});
    host_.emit(runtime::kOutput, runtime::Output{"alice", cursor});
  }
  Result<runtime::LogLines> read(const Read& what) { return host_.call("operator", kRead, what); }

  testing::TemporaryFolder folder_;
  testing::ManualClock clock_;
  Time clock_now_ = wall_time();
  std::vector<LogLine> log_;
  testing::TestHost host_{folder_.path()};
};

TEST_F(JournalTest, ReadsWhatTheRuntimeHas) {
  writes("out", "one");
  writes("err", "two");
  const auto lines = read({.name = "alice"});
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->lines.size(), 2u);
  EXPECT_EQ(lines->lines[1].text, "two");
  EXPECT_EQ(lines->cursor, 2);
}

TEST_F(JournalTest, NamesOnlyComeFromTheLiveList) {
  const auto lines = read({.name = "nobody"});
  ASSERT_FALSE(lines);
  EXPECT_EQ(lines.error().code, Code::not_found);
}

TEST_F(JournalTest, AUnitLeavesTheSupervisorsNotesOut) {
  writes("supervisor", "started");
  writes("out", "one");
  const auto lines = read({.name = "alice", .unit = "hive-ag3nt.service"});
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->lines.size(), 1u);
  EXPECT_EQ(lines->lines[0].text, "one");
  EXPECT_EQ(read({.name = "alice", .unit = "hive-m1nd.service"}).error().code, Code::invalid_params);
  EXPECT_TRUE(read({.name = "manager", .unit = "hive-m1nd.service"}));
}

TEST_F(JournalTest, FollowAnswersAtOnceWhenThereAreLines) {
  writes("out", "one");
  auto call = host_.begin("operator", kFollow, Follow{.name = "alice"});
  host_.settle();
  ASSERT_TRUE(call.settled());
  EXPECT_EQ(call.get<runtime::LogLines>()->lines.size(), 1u);
}

TEST_F(JournalTest, FollowWaitsForTheNextLine) {
  writes("out", "one");
  auto call = host_.begin("operator", kFollow, Follow{.name = "alice", .cursor = 1});
  host_.settle();
  EXPECT_FALSE(call.settled());
  writes("out", "two");
  const auto lines = call.get<runtime::LogLines>();
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->lines.size(), 1u);
  EXPECT_EQ(lines->lines[0].text, "two");
}

TEST_F(JournalTest, FollowGoesOnWaitingWhenTheLineIsNotOfItsUnit) {
  auto call = host_.begin("operator", kFollow, Follow{.name = "alice", .unit = "hive-ag3nt.service"});
  writes("supervisor", "a note");
  host_.settle();
  EXPECT_FALSE(call.settled());
  writes("out", "one");
  EXPECT_EQ(call.get<runtime::LogLines>()->lines.at(0).text, "one");
}

TEST_F(JournalTest, FollowEndsEmptyWhenItsTimeIsUp) {
  auto call = host_.begin("operator", kFollow, Follow{.name = "alice", .cursor = 7, .wait_seconds = 3});
  host_.settle();
  clock_.advance_ms(3'000);
  host_.advance(milliseconds(3'000));
  const auto lines = call.get<runtime::LogLines>();
  ASSERT_TRUE(lines);
  EXPECT_TRUE(lines->lines.empty());
  EXPECT_EQ(lines->cursor, 7);
}

TEST_F(JournalTest, FollowWaitsNoLongerWhenTheClockIsPutBack) {
  auto call = host_.begin("operator", kFollow, Follow{.name = "alice", .wait_seconds = 3});
  clock_.advance_ms(-3'600'000);
  host_.emit(runtime::kOutput, runtime::Output{"bob", 1});  // wakes who waits
  host_.advance(milliseconds(3'000));
  EXPECT_TRUE(call.settled());
}

}  // namespace
}  // namespace hive::journal
