#include "folders.hpp"

#include <hive/testing/temporary_folder.hpp>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace hive::runtime_local {
namespace {

namespace fs = std::filesystem;

class FoldersTest : public ::testing::Test {
 protected:
  FoldersTest() { EXPECT_TRUE(folders_.make_common()); }

  struct stat status(const fs::path& relative) {
    struct stat out{};
    EXPECT_EQ(::lstat((folder_.path() / relative).c_str(), &out), 0) << relative;
    return out;
  }
  mode_t mode(const fs::path& relative) { return status(relative).st_mode & 07777; }
  static bool is_root() { return ::geteuid() == 0; }
  fs::path root() const { return folder_.path(); }

  testing::TemporaryFolder folder_;
  Settings settings_{.first_uid = 70'001, .last_uid = 70'003, .gid = 70'000};
  Folders folders_{folder_.path(), settings_};
};

TEST_F(FoldersTest, MakesWhatAHiveHas) {
  EXPECT_EQ(mode("logins"), 0711u);
  EXPECT_EQ(mode("run/supervisors"), 0700u);
  EXPECT_EQ(mode("shared"), 0750u);
  EXPECT_EQ(mode("shared/common"), 0770u);
  EXPECT_TRUE(folders_.make_common());
}

TEST_F(FoldersTest, AnAgentsFoldersAreItsOwnOrTheHosts) {
  const auto user = folders_.make_for("alice");
  ASSERT_TRUE(user);
  EXPECT_EQ(user->uid, is_root() ? 70'002u : ::geteuid());
  EXPECT_EQ(status("agents/alice/state").st_uid, user->uid);
  EXPECT_EQ(mode("agents/alice/state"), 0770u);
  EXPECT_EQ(status("logins/alice").st_uid, user->uid);
  EXPECT_EQ(mode("logins/alice"), 0700u);
  EXPECT_EQ(status("run/agents/alice").st_uid, ::geteuid());
  EXPECT_EQ(mode("run/agents/alice"), 03770u);
  EXPECT_EQ(status("run/agents/alice/page").st_uid, user->uid);
  EXPECT_EQ(mode("shared/alice"), 0750u);
}

TEST_F(FoldersTest, NobodyNewGetsAWordOfTheHivesOwn) {
  for (const auto* word : {"common", "operator", "you", "hive"}) {
    const auto made = folders_.make_for(word);
    ASSERT_FALSE(made) << word;
    EXPECT_EQ(made.error().message, std::string(word) + ": is a word of the hive's own; choose another name");
    EXPECT_FALSE(fs::exists(root() / "agents" / word));
  }
  EXPECT_EQ(mode("shared/common"), 0770u);
  EXPECT_TRUE(folders_.make_for("manager"));
}

TEST_F(FoldersTest, OneThatAnOlderVersionNamedSoHasNoFolderOfAll) {
  fs::create_directories(root() / "agents/common/state");
  std::ofstream(root() / "shared/common/file") << "everybody's";
  const auto before = status("shared/common");
  EXPECT_TRUE(folders_.make_for("common"));
  EXPECT_EQ(status("shared/common").st_uid, before.st_uid);
  EXPECT_EQ(mode("shared/common"), 0770u);
  ASSERT_TRUE(folders_.remove("common", Folders::Keep::nothing));
  EXPECT_FALSE(fs::exists(root() / "agents/common"));
  EXPECT_TRUE(fs::exists(root() / "shared/common/file"));
}

TEST_F(FoldersTest, TheOwnerOfTheStateIsTheRecordOfTheUid) {
  const auto first = folders_.make_for("alice"), second = folders_.make_for("bob"), again = folders_.make_for("alice");
  ASSERT_TRUE(first && second && again);
  EXPECT_EQ(again->uid, first->uid);
  EXPECT_EQ(folders_.user_of("alice")->uid, first->uid);
  if (!is_root()) return;
  EXPECT_NE(second->uid, first->uid);
  EXPECT_EQ(folders_.make_for("manager")->uid, 70'001u);
  EXPECT_EQ(folders_.make_for("carol").error().code, Code::busy);
  ASSERT_TRUE(folders_.remove("alice", Folders::Keep::state));
  EXPECT_EQ(folders_.make_for("carol").error().code, Code::busy) << "kept state keeps its uid";
  ASSERT_TRUE(folders_.remove("alice", Folders::Keep::nothing));
  EXPECT_EQ(folders_.make_for("carol")->uid, first->uid);
}

TEST_F(FoldersTest, RemoveKeepsTheStateOrNothing) {
  ASSERT_TRUE(folders_.make_for("alice"));
  std::ofstream(root() / "agents/alice/state/notes") << "x";
  ASSERT_TRUE(folders_.remove("alice", Folders::Keep::state));
  EXPECT_TRUE(fs::exists(root() / "agents/alice/state/notes"));
  EXPECT_FALSE(fs::exists(root() / "run/agents/alice"));
  ASSERT_TRUE(folders_.remove("alice", Folders::Keep::nothing));
  for (const char* left : {"agents/alice", "logins/alice", "logs/alice", "shared/alice"})
    EXPECT_FALSE(fs::exists(root() / left)) << left;
}

TEST_F(FoldersTest, PurgeRemovesWhatAnAgentHasLockedOrBuriedDeep) {
  ASSERT_TRUE(folders_.make_for("alice"));
  const auto state = root() / "agents/alice/state";
  os::Fd at(::open(state.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(::mkdirat(at.get(), "deeper", 0700), 0);
    at = os::Fd(::openat(at.get(), "deeper", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  for (const mode_t mode : {0500, 0000}) {
    const auto locked = state / ("locked" + std::to_string(mode)) / "inner";
    fs::create_directories(locked);
    std::ofstream(locked / "file") << "x";
    ASSERT_EQ(::chmod(locked.c_str(), mode) + ::chmod(locked.parent_path().c_str(), mode), 0);
  }
  for (const char* own : {"agents/alice/state", "agents/alice", "logins/alice", "shared/alice"})
    ASSERT_EQ(::chmod((root() / own).c_str(), 0000), 0);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{64, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const auto removed = folders_.remove("alice", Folders::Keep::nothing);
  ::setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_TRUE(removed) << removed.error().message;
  for (const char* left : {"agents/alice", "logins/alice", "logs/alice", "shared/alice"})
    EXPECT_FALSE(fs::exists(root() / left)) << left;
}

TEST_F(FoldersTest, AnAgentThatLockedItsFoldersCanBeStartedAgain) {
  ASSERT_TRUE(folders_.make_for("alice"));
  for (const char* own : {"agents/alice/state", "logins/alice", "shared/alice", "run/agents/alice/page"})
    ASSERT_EQ(::chmod((root() / own).c_str(), 0000), 0);
  const auto again = folders_.make_for("alice");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(mode("logins/alice"), 0700u);
}

TEST_F(FoldersTest, PurgeFollowsNoLinkOutOfTheState) {
  ASSERT_TRUE(folders_.make_for("alice"));
  fs::create_directories(root() / "precious");
  std::ofstream(root() / "precious/file") << "x";
  fs::create_directory_symlink(root() / "precious", root() / "agents/alice/state/link");
  ASSERT_TRUE(folders_.remove("alice", Folders::Keep::nothing));
  EXPECT_TRUE(fs::exists(root() / "precious/file"));
}

TEST_F(FoldersTest, AFreshConfigIsHandedToTheManagerButNothingBehindALink) {
  if (!is_root()) GTEST_SKIP() << "only root gives files away";
  fs::create_directories(root() / "agents/alice/config/sub");
  std::ofstream(root() / "agents/alice/config/sub/agent.toml") << "";
  std::ofstream(root() / "outside") << "";
  fs::create_symlink(root() / "outside", root() / "agents/alice/config/link");
  ASSERT_TRUE(folders_.make_for("alice"));
  EXPECT_EQ(status("agents/alice/config").st_uid, 70'001u);
  EXPECT_EQ(mode("agents/alice/config/sub"), 0770u);
  EXPECT_EQ(status("agents/alice/config/sub/agent.toml").st_uid, 70'001u);
  EXPECT_EQ(status("outside").st_uid, 0u);
}

TEST_F(FoldersTest, ALoginIsAFileOfTheAgentsOwn) {
  ASSERT_TRUE(folders_.make_for("alice"));
  EXPECT_FALSE(has_login(root(), "alice"));
  const auto file = root() / "logins/alice/.claude/.credentials.json";
  fs::create_directories(file.parent_path());
  fs::create_symlink("/etc/passwd", file);
  EXPECT_FALSE(has_login(root(), "alice")) << "a link is no login";
  fs::remove(file);
  ::mkfifo(file.c_str(), 0600);
  EXPECT_FALSE(has_login(root(), "alice")) << "nor is a pipe, which must not block";
  fs::remove(file);
  std::ofstream(file) << "{}";
  EXPECT_TRUE(has_login(root(), "alice"));
}

}  // namespace
}  // namespace hive::runtime_local
