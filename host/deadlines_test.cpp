#include "deadlines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hive::host {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Deadlines, AreDueInOrderOfExpiry) {
  Deadlines deadlines;
  const Deadlines::Clock::time_point now{1h};
  EXPECT_FALSE(deadlines.next());
  const auto far = deadlines.add(1, 30'000, now);
  deadlines.add(2, 10, now);
  deadlines.add(3, 30'000, now + 1s);
  EXPECT_EQ(*deadlines.next(), now + 10ms);
  EXPECT_THAT(deadlines.due(now + 9ms), IsEmpty());
  EXPECT_THAT(deadlines.due(now + 30s), ElementsAre(2, 1));
  deadlines.remove(far);
  EXPECT_THAT(deadlines.due(now + 31s), ElementsAre(2, 3));
}

}  // namespace
}  // namespace hive::host
