#include <hive/os/files.hpp>
#include <hive/os/tree.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/fs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace hive::os {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr int kDeep = 2'000;  // more than descriptors

struct TreeTest : ::testing::Test {
  static Status remove(const fs::path& path) { return remove_tree(path, std::chrono::steady_clock::now() + 60s); }
  /// `depth` folders in one another, each with a file beside the next one.
  static void dig(const fs::path& top, int depth) {
    fs::create_directories(top);
    Fd at(::open(top.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (int i = 0; i < depth; ++i) {
      Fd(::openat(at.get(), "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600)).reset();
      ASSERT_EQ(::mkdirat(at.get(), "deeper", 0700), 0);
      at = Fd(::openat(at.get(), "deeper", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      ASSERT_TRUE(at);
    }
  }
  static bool is_there(const fs::path& path) {
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0;
  }

  const hive::testing::TemporaryFolder temporary;
  const fs::path folder = temporary.path(), tree = folder / "tree";
};

TEST_F(TreeTest, RemovesFoldersOfAnyDepthWithFewDescriptors) {
  dig(tree, kDeep);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{64, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const auto removed = remove(tree);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(removed) << removed.error().message;
  EXPECT_FALSE(is_there(tree));
}

TEST_F(TreeTest, RemovesFoldersOfAnyMode) {
  for (const mode_t mode : {0000, 0500, 0300, 0100, 0555, 01000}) {
    fs::create_directories(tree / "a/b/c/d");
    std::ofstream(tree / "a/b/c/d/file") << "x";
    for (const char* inner : {"a/b/c/d", "a/b/c", "a/b", "a", ""}) ASSERT_EQ(::chmod((tree / inner).c_str(), mode), 0);
    const auto removed = remove(tree);
    EXPECT_TRUE(removed) << removed.error().message << " with mode " << std::oct << mode;
    EXPECT_FALSE(is_there(tree));
  }
}

TEST_F(TreeTest, RemovesManyFoldersOfManyFolders) {
  for (int i = 0; i < 40; ++i)
    for (int j = 0; j < 40; ++j) {
      const auto inner = tree / std::to_string(i) / "deeper" / std::to_string(j);
      fs::create_directories(inner);
      std::ofstream(inner / "file") << "x";
    }
  EXPECT_TRUE(remove(tree));
  EXPECT_FALSE(is_there(tree));
}

TEST_F(TreeTest, RemovesWhateverItIsCalled) {
  for (const std::string& name : {std::string(255, 'x'), std::string("\xff\n\x1b[2J"), std::string("removing-0"),
                                  std::string("removing-1"), std::string("-rf"), std::string("...")}) {
    fs::create_directories(tree / name / "removing-0" / "inner");
    std::ofstream(tree / name / "removing-0" / "inner" / "removing-0") << "x";
    ASSERT_EQ(::mkfifo((tree / name / "removing-1").c_str(), 0600), 0);
  }
  EXPECT_TRUE(remove(tree));
  EXPECT_FALSE(is_there(tree));
}

TEST_F(TreeTest, AFileALinkAndNothingAreRemovedToo) {
  std::ofstream(folder / "precious") << "x";
  fs::create_symlink("precious", tree);
  EXPECT_TRUE(remove(tree));
  EXPECT_FALSE(is_there(tree));
  std::ofstream(tree.string()) << "x";
  EXPECT_TRUE(remove(tree));
  EXPECT_FALSE(is_there(tree));
  EXPECT_TRUE(remove(tree));
  EXPECT_TRUE(remove(tree / "in" / "nothing"));
  EXPECT_TRUE(is_there(folder / "precious"));
}

TEST_F(TreeTest, FollowsNoLinkAndChangesNoModeBehindOne) {
  fs::create_directories(folder / "precious/inner");
  std::ofstream(folder / "precious/file") << "x";
  ASSERT_EQ(::chmod((folder / "precious").c_str(), 0500), 0);
  fs::create_directories(tree / "a/b");
  for (const char* link : {"link", "a/link", "a/b/link"})
    fs::create_directory_symlink(folder / "precious", tree / link);
  EXPECT_TRUE(remove(tree));
  EXPECT_FALSE(is_there(tree));
  EXPECT_TRUE(is_there(folder / "precious/file"));
  EXPECT_EQ(fs::status(folder / "precious").permissions(), fs::perms(0500));
  ASSERT_EQ(::chmod((folder / "precious").c_str(), 0700), 0);
}

TEST_F(TreeTest, WhatTakesTooLongIsGivenUpAndGoneOnWith) {
  dig(tree, kDeep);
  const auto late = remove_tree(tree, std::chrono::steady_clock::now());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::timeout);
  EXPECT_THAT(late.error().message, HasSubstr(tree.string()));
  EXPECT_TRUE(is_there(tree));
  EXPECT_TRUE(remove(tree));
  EXPECT_FALSE(is_there(tree));
}

TEST_F(TreeTest, SaysWhatStandsInTheWayAndGoesOnWhenItIsMended) {
  const auto stuck = tree / "a/b/c/stuck";
  fs::create_directories(stuck.parent_path());
  std::ofstream(stuck) << "x";
  const Fd file(::open(stuck.c_str(), O_RDONLY | O_CLOEXEC));
  int immutable = FS_IMMUTABLE_FL, none = 0;
  if (::ioctl(file.get(), FS_IOC_SETFLAGS, &immutable) != 0) GTEST_SKIP() << "nothing can be made immutable here";
  const auto kept = remove(tree);
  ::ioctl(file.get(), FS_IOC_SETFLAGS, &none);
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().message,
              ::testing::MatchesRegex(tree.string() + "/.*stuck: cannot be removed .Operation not permitted.: "
                                                      "look whose it is .* and try again"));
  EXPECT_TRUE(remove(tree));
  EXPECT_FALSE(is_there(tree));
}

TEST_F(TreeTest, WhatIsMountedInTheTreeStays) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    GTEST_SKIP() << "only root mounts";
  fs::create_directories(folder / "precious");
  std::ofstream(folder / "precious/file") << "x";
  for (const char* inner : {"mounted", "a/mounted", "a/b/mounted"}) {
    const auto at = tree / inner;
    fs::create_directories(at);
    ASSERT_EQ(::mount((folder / "precious").c_str(), at.c_str(), nullptr, MS_BIND, nullptr), 0);
    const auto kept = remove(tree);
    ASSERT_FALSE(kept);
    EXPECT_THAT(kept.error().message, HasSubstr("mounted: cannot be removed"));
    EXPECT_THAT(kept.error().message, HasSubstr("something is mounted there, unmount it"));
    EXPECT_TRUE(is_there(folder / "precious/file"));
    ::umount2(at.c_str(), MNT_DETACH);
    for (const auto& entry : fs::recursive_directory_iterator(tree)) ::umount2(entry.path().c_str(), MNT_DETACH);
    EXPECT_TRUE(remove(tree));
  }
}

TEST_F(TreeTest, AFolderThatIsLockedIsMadeUsableAgain) {
  fs::create_directories(tree);
  ASSERT_EQ(::chmod(tree.c_str(), 0000), 0);
  EXPECT_TRUE(make_folder(tree, {.mode = 0750}));
  EXPECT_EQ(fs::status(tree).permissions(), fs::perms(0750));
}

}  // namespace
}  // namespace hive::os
