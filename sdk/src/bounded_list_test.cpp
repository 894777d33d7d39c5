#include <hive/sdk/bounded_list.hpp>

#include <gmock/gmock.h>

#include <string>

namespace hive {
namespace {

using ::testing::ElementsAre;

TEST(BoundedList, HoldsWhatFitsAndSaysThatThereIsMore) {
  BoundedList<std::string> list({.rows = 9, .bytes = 10});
  EXPECT_TRUE(list.add("a", 4));
  EXPECT_TRUE(list.add("b", 6));
  EXPECT_FALSE(list.more());
  EXPECT_FALSE(list.add("c", 1));
  EXPECT_TRUE(list.more());
  EXPECT_THAT(std::move(list).take(), ElementsAre("a", "b"));
}

TEST(BoundedList, HoldsNoMoreRowsThanAsked) {
  BoundedList<std::string> list({.rows = 2});
  EXPECT_TRUE(list.add("a", 1));
  EXPECT_EQ(list.room(), 1U);
  EXPECT_TRUE(list.add("b", 1));
  EXPECT_FALSE(list.more());
  EXPECT_FALSE(list.add("c", 1));
  EXPECT_TRUE(list.more());
  EXPECT_THAT(std::move(list).take_reversed(), ElementsAre("b", "a"));
}

TEST(BoundedList, TheFirstRowAlwaysFitsUnlessTheAnswerHoldsSomethingAlready) {
  BoundedList<std::string> fresh({.rows = 9, .bytes = 10});
  EXPECT_TRUE(fresh.add("a", 50));
  EXPECT_FALSE(fresh.add("b", 1));
  BoundedList<std::string> begun({.rows = 9, .bytes = 10}, 1);
  EXPECT_FALSE(begun.add("a", 50));
}

TEST(BoundedList, NoRowOvertakesOneThatDidNotFit) {
  BoundedList<std::string> list({.rows = 9, .bytes = 10});
  EXPECT_TRUE(list.add("a", 4));
  EXPECT_FALSE(list.add("b", 7));
  EXPECT_FALSE(list.add("c", 1));
  EXPECT_THAT(std::move(list).take(), ElementsAre("a"));
}

}  // namespace
}  // namespace hive
