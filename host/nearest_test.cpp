#include "nearest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hive::host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NearestTest, FindsTyposAndBeginnings) {
  const std::vector<std::string> names{"restart", "start", "spawn", "list"};
  EXPECT_THAT(nearest("strat", names), ElementsAre("start"));
  EXPECT_THAT(nearest("restrt", names), ElementsAre("restart"));
  EXPECT_THAT(nearest("spwan", names), ElementsAre("spawn"));
  EXPECT_THAT(nearest("sp", names), ElementsAre("spawn"));
  EXPECT_THAT(nearest("lst", names), ElementsAre("list"));
  EXPECT_THAT(nearest("elephant", names), IsEmpty());
}

TEST(Nearest, WhatIsNotThereIsToldWithWhatIs) {
  const std::vector<std::string> names{"limit", "label", "times"};
  EXPECT_EQ(no_such("setting", "limt", names), "there is no such setting; did you mean limit?");
  EXPECT_EQ(no_such("setting", "colour", names), "there is no such setting; known: limit, label or times");
  EXPECT_EQ(no_such("setting", "colour", {}), "there is no such setting; there are none");
}

}  // namespace
}  // namespace hive::host
