#include "restarts.hpp"
#include "names.hpp"

#include <gtest/gtest.h>

namespace hive::lifecycle {
namespace {

TEST(RestartsTest, WaitsLongerEachTimeUntilTheCap) {
  Restarts restarts({.cap = 3});
  EXPECT_EQ(restarts.count_next(Time{0}), milliseconds(1'000));
  EXPECT_EQ(restarts.count_next(Time{2'000}), milliseconds(2'000));
  EXPECT_EQ(restarts.count_next(Time{5'000}), milliseconds(4'000));
  EXPECT_EQ(restarts.count_next(Time{10'000}), std::nullopt);
}

TEST(RestartsTest, ForgetsWhatIsOlderThanItsWindow) {
  Restarts restarts({.cap = 1});
  EXPECT_TRUE(restarts.count_next(Time{0}));
  EXPECT_FALSE(restarts.count_next(Time{599'999}));
  EXPECT_TRUE(restarts.count_next(Time{600'000}));
}

TEST(RestartsTest, ForgetsWhatAClockThatWasPutBackMadeLieAhead) {
  Restarts restarts({.cap = 1});
  EXPECT_TRUE(restarts.count_next(Time{10'000'000}));
  EXPECT_TRUE(restarts.count_next(Time{5'000'000}));
  EXPECT_FALSE(restarts.count_next(Time{5'000'001}));
}

TEST(RestartsTest, NeverWaitsLongerThanAMinute) {
  Restarts restarts({.cap = 20});
  for (int i = 0; i < 10; ++i) EXPECT_LE(*restarts.count_next(Time{i}), milliseconds(60'000));
}

TEST(RestartsTest, BeginsAnewWhenSomebodyAsksForAStart) {
  Restarts restarts({.cap = 1});
  EXPECT_TRUE(restarts.count_next(Time{0}));
  restarts.forget();
  EXPECT_EQ(restarts.count_next(Time{1}), milliseconds(1'000));
}

TEST(NamesTest, KeepsTheHivesOwnWordsAndPlugins) {
  const std::vector<std::string> plugins{"broker", "journal"};
  for (const auto* name : {"operator", "manager", "system", "host", "hyperhive", "hive", "you", "all", "everyone",
                           "meta", "shared", "common", "ttl-watchdog", "journal"})
    EXPECT_TRUE(is_reserved(name, plugins)) << name;
  EXPECT_FALSE(is_reserved("alice", plugins));
}

}  // namespace
}  // namespace hive::lifecycle
