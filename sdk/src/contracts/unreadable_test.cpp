#include <hive/sdk/contracts/unreadable.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace hive {
namespace {

using ::testing::SizeIs;

TEST(UnreadableTest, AnAnswerThatLacksNothingSaysNothing) {
  EXPECT_FALSE(named({}));
  EXPECT_EQ(left_out_words({}), "");
  EXPECT_FALSE(left_out_of(json::object{{"messages", json::array{}}}));
  EXPECT_FALSE(left_out_of(nullptr));
}

TEST(UnreadableTest, OfManyRowsSomeAreNamedInBoundedPlainText) {
  const std::vector<Unreadable> rows(100, {std::string(5'000, '"'), "kind \x01\xFF " + std::string(5'000, 'y')});
  const auto some = named(rows);
  ASSERT_TRUE(some);
  ASSERT_THAT(*some, SizeIs(kMostUnreadable));
  EXPECT_LE(encode_text(*some).size(), kMostUnreadable * kUnreadableBytes);
  EXPECT_TRUE(some->front().why.starts_with("kind ?? yyy"));
}

TEST(UnreadableTest, TheyAreNamedInOneSentenceWhereverTheAnswerCameFrom) {
  const json::object answer{{"unreadable", json::array{{{"id", "8"}, {"why", "kind should hold text"}},
                                                       {{"id", "9"}, {"why", "body should hold text"}}}}};
  EXPECT_EQ(left_out_words(left_out_of(answer)),
            "rows that cannot be read are left out: 8 (kind should hold text), 9 (body should hold text)");
}

TEST(UnreadableTest, ARowThatCanBeReadAgainIsNamedNoMore) {
  auto left_out = named(std::vector<Unreadable>{{"alice", "x"}, {"bob", "y"}});
  mend(left_out, "carol");
  mend(left_out, "alice");
  EXPECT_THAT(*left_out, SizeIs(1));
  mend(left_out, "bob");
  EXPECT_FALSE(left_out);
}

}  // namespace
}  // namespace hive
