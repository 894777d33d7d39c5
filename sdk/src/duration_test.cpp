#include <hive/sdk/duration.hpp>

#include <gmock/gmock.h>

namespace hive {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsSaidInTheUnitThatPeopleRead) {
  EXPECT_EQ(duration_text(0s), "0 s");
  EXPECT_EQ(duration_text(2ms), "2 ms");
  EXPECT_EQ(duration_text(1'500ms), "1500 ms");
  EXPECT_EQ(duration_text(30s), "30 s");
  EXPECT_EQ(duration_text(120s), "120 s");
  EXPECT_EQ(duration_text(185s), "185 s");
  EXPECT_EQ(duration_text(3min), "3 minutes");
  EXPECT_EQ(duration_text(2h), "120 minutes");
}

}  // namespace
}  // namespace hive
