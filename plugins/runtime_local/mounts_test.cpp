#include "mounts.hpp"

#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <unistd.h>

namespace hive::runtime_local {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MountsTest : public ::testing::Test {
 protected:
  agent::Toml mounted(const std::string& mode) const {
    agent::Toml toml;
    toml.mount = {{.source = folder_.path().string(), .target = "/mnt/project", .mode = mode}};
    return toml;
  }
  static bool is_root() { return ::geteuid() == 0; }

  const testing::TemporaryFolder folder_;
  const AgentUser user_{61'002, 61'000};
};

TEST_F(MountsTest, AFolderOfRootIsWrittenOnlyBehindTheFilter) {
  EXPECT_EQ(filter_of_this_machine(), Filter::in_force);
  EXPECT_TRUE(check_mounts(mounted("rw"), user_, Filter::in_force));
  EXPECT_TRUE(check_mounts(mounted("ro"), user_, Filter::missing));
  const auto refused = check_mounts(mounted("rw"), user_, Filter::missing);
  if (!is_root()) {
    EXPECT_TRUE(refused) << "an ordinary user's hive has nothing of root's to give";
    return;
  }
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr(folder_.path().string() + " belongs to root, and this kernel has no"));
  ASSERT_EQ(::chown(folder_.path().c_str(), 1'234, 1'234), 0);
  EXPECT_TRUE(check_mounts(mounted("rw"), user_, Filter::missing));
}

TEST_F(MountsTest, WhoeverDecidesIsToldWhatWillBeRoots) {
  EXPECT_THAT(notes_on(mounted("ro")), IsEmpty());
  if (!is_root()) {
    EXPECT_THAT(notes_on(mounted("rw")), IsEmpty());
    return;
  }
  EXPECT_THAT(notes_on(mounted("rw")),
              ElementsAre(HasSubstr("what the agent writes below /mnt/project will be root's")));
  ASSERT_EQ(::chown(folder_.path().c_str(), 1'234, 1'234), 0);
  EXPECT_THAT(notes_on(mounted("rw")), IsEmpty());
}

}  // namespace
}  // namespace hive::runtime_local
