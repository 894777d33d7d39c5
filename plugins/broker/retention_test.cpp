#include "testing/broker_fixture.hpp"

namespace hive::broker {
namespace {

class RetentionTest : public BrokerFixture {
 protected:
  std::vector<Entry> all_mail() {
    Recent all;
    all.of = "*", all.limit = 500;
    auto read = host_->call("operator", kRecent, all);
    EXPECT_TRUE(read) << read.error().message;
    return read ? read->messages : std::vector<Entry>{};
  }
  std::vector<std::string> sweeps_logged() {
    std::vector<std::string> lines;
    for (const auto& line : host_->logged())
      if (line.text.starts_with("retention: ")) lines.push_back(line.text);
    return lines;
  }
};

TEST_F(RetentionTest, WhatIsTooOldGoesAtTheStartAndOneLineSaysSo) {
  sent(kAlice, "operator", "one"), sent(kAlice, "operator", "two"), sent(kAlice, "bob", "unread");
  clock_.set({1'767'225'600'000});  // 2026-01-01
  sent(kAlice, "operator", "last");
  restart();
  ASSERT_TRUE(in_steps([&] { return all_mail().size() == 2; }));
  EXPECT_THAT(sweeps_logged(),
              ElementsAre("retention: removed 2 messages that had been settled before 2025-12-02T00:00:00.000Z"));
  restart();
  EXPECT_THAT(sweeps_logged(), IsEmpty()) << "nothing was removed";
}

TEST_F(RetentionTest, KeptDaysSaysHowLongMailIsKept) {
  sent(kAlice, "operator", "old");
  clock_.advance_ms(3 * kDayMs);
  sent(kAlice, "operator", "young"), sent(kAlice, "operator", "last");
  clock_.advance_ms(5 * kDayMs);
  host_->unload();
  start(R"({"kept_days":7})");
  ASSERT_TRUE(in_steps([&] { return all_mail().size() == 2; }));
  EXPECT_THAT(all_mail()[1].message, HasBody("young"));
  clock_.advance_ms(3 * kDayMs);
  EXPECT_TRUE(in_steps([&] { return host_->advance(1h), all_mail().size() == 1; })) << "looked for each hour";
}

TEST_F(RetentionTest, AMessageFromTheFutureHoldsUpNoOthersEnd) {
  clock_.advance_ms(400 * kDayMs);
  sent(kAlice, "operator", "future");
  clock_.advance_ms(-400 * kDayMs);
  for (int i = 0; i < 500; ++i) sent(kAlice, "operator", "old");
  clock_.advance_ms(31 * kDayMs);
  sent(kAlice, "operator", "last");
  Recent all;
  all.of = "*", all.limit = 500;
  const auto swept = [&] {
    host_->advance(1h);
    return host_->call("operator", kRecent, all)->messages.size() == 2;
  };
  ASSERT_TRUE(in_steps(swept));
  const auto left = host_->call("operator", kRecent, all)->messages;
  EXPECT_EQ(left[1].message.body, "future");
}

TEST_F(RetentionTest, WhatTheIndexCouldNotForgetItForgetsLater) {
  sent(kAlice, "operator", "old"), sent(kAlice, "operator", "last");
  auto index = sqlite::Database::open({.file = root_.path() / "broker-search.sqlite", .owner = "test"});
  ASSERT_TRUE(index);
  const auto known = [&] { return *index->integer("SELECT count(*) FROM mail WHERE id = 1"); };
  ASSERT_TRUE(in_steps([&] { return host_->advance(1s), known() == 2; }));
  const auto warned = [&] {
    return std::ranges::count_if(host_->logged(), [](auto& line) { return line.text.starts_with("search index: "); });
  };
  ASSERT_TRUE(index->script("CREATE TRIGGER stay BEFORE DELETE ON mail BEGIN SELECT RAISE(FAIL, 'no'); END"));
  clock_.advance_ms(31 * kDayMs);
  ASSERT_TRUE(in_steps([&] { return host_->advance(1h), depth_of("alice"), warned(); }));
  EXPECT_EQ(known(), 2);
  for (int again = 0; again < 5; ++again) host_->advance(1s), depth_of("alice");
  EXPECT_EQ(warned(), 1);
  ASSERT_TRUE(index->script("DROP TRIGGER stay"));
  EXPECT_TRUE(in_steps([&] { return host_->advance(1s), depth_of("alice"), known() == 0; }));
}

TEST_F(RetentionTest, SettledMessagesGoAfterThirtyDaysAndOthersStay) {
  sent(kAlice, "bob", "unread", "k");
  sent(kAlice, "operator", "old");
  sent(kAlice, "operator", "last");
  clock_.advance_ms(31 * kDayMs);
  Recent all;
  all.of = "*";
  const auto swept = [&] {
    host_->advance(1h);
    return host_->call("operator", kRecent, all)->messages.size() == 2;
  };
  ASSERT_TRUE(in_steps(swept));
  const auto left = host_->call("operator", kRecent, all)->messages;
  EXPECT_EQ(left[0].message.body, "last") << "its id must not be given out again";
  EXPECT_EQ(left[1].message.body, "unread");
  EXPECT_GT(sent(kAlice, "bob", "new", "k"), left[0].message.id) << "its key was forgotten";
}

}  // namespace
}  // namespace hive::broker
