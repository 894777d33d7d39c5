#include "preflight.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hive::lifecycle {
namespace {

/// Subjects of the checks that stand in the way.
std::vector<std::string> objections(const Claim& claim) {
  std::vector<std::string> subjects;
  const auto judged = judge(claim);
  for (const auto& finding : judged.findings)
    if (!finding.ok) subjects.push_back(finding.subject);
  EXPECT_EQ(judged.ok, subjects.empty());
  return subjects;
}

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PreflightTest, AFreeNameIsGoodAlsoWithStateOfAnEarlierAgent) {
  EXPECT_THAT(objections({.name = "alice", .name_bytes = 11}), IsEmpty());
  EXPECT_THAT(objections({.name = "alice", .name_bytes = 11, .is_kept = true}), IsEmpty());
}

TEST(PreflightTest, SaysEverythingThatStandsInTheWay) {
  EXPECT_THAT(objections({.name = "operator", .name_bytes = 5, .is_taken = true, .is_being_purged = true}),
              ElementsAre("name", "taken", "kept", "runtime"));
  EXPECT_THAT(objections({.name = "forge", .plugin_ids = {"forge"}, .name_bytes = 11}), ElementsAre("name"));
}

}  // namespace
}  // namespace hive::lifecycle
