#include <hive/git/repository.hpp>
#include <hive/os/process.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <fstream>

namespace hive::git {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

const Identity kHost{"hyperhive", "host@hyperhive"};
constexpr Time kNoon{1'790'000'000'000};

class RepositoryTest : public ::testing::Test {
 protected:
  Repository make(const std::string& name, Layout layout) {
    auto made = Repository::create(root_ / name, layout);
    EXPECT_TRUE(made) << made.error().message;
    return std::move(*made);
  }
  static std::string store(Repository& repository, std::vector<File> files, std::vector<std::string> parents = {}) {
    NewCommit draft{
        .files = std::move(files), .parents = std::move(parents), .author = kHost, .message = "m\n", .at = kNoon};
    auto id = repository.commit(draft);
    EXPECT_TRUE(id) << id.error().message;
    return id ? *id : "";
  }
  static Status move_main(Repository& repository, const std::string& from, const std::string& to) {
    return repository.update_ref({.name = "refs/heads/main", .from = from, .to = to, .reason = "test"});
  }
  int git(std::vector<std::string> arguments) {
    std::vector<std::string> argv{"/usr/bin/git", "-C", root_.string()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    auto child = os::start({.argv = argv, .environment = {"PATH=/usr/bin:/bin", "HOME=" + root_.string()}});
    EXPECT_TRUE(child) << child.error().message;
    return child ? os::wait_for(*child).code : -1;
  }

  const hive::testing::TemporaryFolder folder_;
  const fs::path root_ = folder_.path();
};

TEST_F(RepositoryTest, KeepsACommitThatCanBeReadBack) {
  auto applied = make("applied", Layout::bare);
  const auto id = store(applied, {{"agent.toml", "model = \"haiku\"\n"}, {"nix/a.nix", "{}\n"}});
  ASSERT_TRUE(move_main(applied, "", id));

  auto again = Repository::open(root_ / "applied");
  ASSERT_TRUE(again);
  EXPECT_EQ(*again->resolve("main"), id);
  EXPECT_EQ(*again->read_file("main", "agent.toml", 1'024), "model = \"haiku\"\n");
  auto files = again->list_files(id);
  ASSERT_TRUE(files);
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ((*files)[1].path, "nix/a.nix");
  EXPECT_EQ((*files)[1].kind, EntryKind::file);
}

TEST_F(RepositoryTest, IsWhatTheGitProgramTakesForSound) {
  auto applied = make("applied", Layout::bare);
  const auto id = store(applied, {{"a", "1"}});
  ASSERT_TRUE(move_main(applied, "", id));
  ASSERT_TRUE(applied.tag({.name = "deployed/0", .commit = id, .annotation = {{kHost, "first\n", kNoon}}}));
  EXPECT_EQ(git({"-C", "applied", "fsck", "--strict"}), 0);
  EXPECT_EQ(git({"-C", "applied", "rev-parse", "--verify", "deployed/0^{commit}"}), 0);
}

TEST_F(RepositoryTest, RefusesToBeMadeTwice) {
  make("applied", Layout::bare);
  auto second = Repository::create(root_ / "applied", Layout::bare);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::conflict);
  EXPECT_THAT(second.error().message, HasSubstr("applied"));
}

TEST_F(RepositoryTest, OpensNoFolderThatOnlyLiesInARepository) {
  make("outer", Layout::work_tree);
  fs::create_directory(root_ / "outer/inner");
  auto inner = Repository::open(root_ / "outer/inner");
  ASSERT_FALSE(inner);
  EXPECT_EQ(inner.error().code, Code::not_found);
}

TEST_F(RepositoryTest, OpensARepositoryOfAnotherUid) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  auto applied = make("applied", Layout::bare);
  const auto id = store(applied, {{"a", "1"}});
  ASSERT_TRUE(move_main(applied, "", id));
  ASSERT_EQ(git({"-C", "/", "--version"}), 0);
  for (const auto& entry : fs::recursive_directory_iterator(root_))
    ASSERT_EQ(lchown(entry.path().c_str(), 61'999, 61'999), 0);
  auto opened = Repository::open(root_ / "applied");
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(*opened->resolve("main"), id);
}

TEST_F(RepositoryTest, MovesAReferenceOnlyFromWhatItWas) {
  auto applied = make("applied", Layout::bare);
  const auto first = store(applied, {{"a", "1"}});
  const auto second = store(applied, {{"a", "2"}}, {first});
  const auto third = store(applied, {{"a", "3"}}, {first});
  ASSERT_TRUE(move_main(applied, "", first));
  EXPECT_EQ(move_main(applied, "", second).error().code, Code::conflict);
  ASSERT_TRUE(move_main(applied, first, second));
  EXPECT_EQ(move_main(applied, first, third).error().code, Code::conflict);
  EXPECT_EQ(*applied.resolve("main"), second);
}

TEST_F(RepositoryTest, SaysThatAReferenceIsLockedByAnother) {
  auto applied = make("applied", Layout::bare);
  const auto first = store(applied, {{"a", "1"}});
  ASSERT_TRUE(move_main(applied, "", first));
  std::ofstream(root_ / "applied/refs/heads/main.lock") << "";
  EXPECT_EQ(move_main(applied, first, first).error().code, Code::busy);
}

TEST_F(RepositoryTest, PointsNoReferenceAtACommitThatIsNotThere) {
  auto applied = make("applied", Layout::bare);
  const auto moved = move_main(applied, "", std::string(40, 'a'));
  EXPECT_EQ(moved.error().code, Code::not_found);
  EXPECT_EQ(applied.resolve("main").error().code, Code::not_found);
}

TEST_F(RepositoryTest, TakesATagNameOnce) {
  auto applied = make("applied", Layout::bare);
  const auto id = store(applied, {{"a", "1"}});
  ASSERT_TRUE(applied.tag({.name = "deployed/0", .commit = id}));
  ASSERT_TRUE(applied.tag({.name = "denied/1", .commit = id, .annotation = {{kHost, "no\n", kNoon}}}));
  EXPECT_EQ(applied.tag({.name = "deployed/0", .commit = id}).error().code, Code::conflict);
  EXPECT_EQ(*applied.resolve("denied/1"), id);
  EXPECT_THAT(*applied.tags(""), ElementsAre("denied/1", "deployed/0"));
  EXPECT_THAT(*applied.tags("deployed/"), ElementsAre("deployed/0"));
}

TEST_F(RepositoryTest, BoundsWhatItReads) {
  auto applied = make("applied", Layout::bare);
  const auto id = store(applied, {{"big", std::string(2'000, 'x')}, {"folder/file", "y"}});
  EXPECT_EQ(applied.read_file(id, "big", 1'999).error().code, Code::too_large);
  EXPECT_EQ(applied.read_file(id, "big", 2'000)->size(), 2'000u);
  EXPECT_EQ(applied.read_file(id, "folder", 2'000).error().code, Code::not_found);
  EXPECT_EQ(applied.read_file(id, "none", 2'000).error().code, Code::not_found);
}

TEST_F(RepositoryTest, StoresNoPathThatLeavesTheTree) {
  auto applied = make("applied", Layout::bare);
  for (const auto* path : {"../x", "/etc/x", ".git/config", "a/../../x"}) {
    NewCommit draft{.files = {{path, "1"}}, .author = kHost, .message = "m", .at = kNoon};
    auto id = applied.commit(draft);
    EXPECT_FALSE(id) << path;
  }
}

TEST_F(RepositoryTest, CopiesACommitWithItsHistoryAndNothingTwice) {
  auto config = make("config", Layout::work_tree);
  auto applied = make("applied", Layout::bare);
  const auto first = store(config, {{"a", "1"}});
  const auto second = store(config, {{"a", "2"}}, {first});
  ASSERT_TRUE(applied.copy_commit(config, first));
  ASSERT_TRUE(move_main(applied, "", first));
  ASSERT_TRUE(applied.copy_commit(config, second));
  ASSERT_TRUE(applied.copy_commit(config, second));
  ASSERT_TRUE(move_main(applied, first, second));
  EXPECT_EQ(*applied.read_file("main", "a", 10), "2");
  EXPECT_EQ(git({"-C", "applied", "fsck", "--strict"}), 0);
  EXPECT_EQ(applied.copy_commit(config, std::string(40, 'b')).error().code, Code::not_found);
}

TEST_F(RepositoryTest, ChecksOutAWorkTreeThatGitFindsClean) {
  auto config = make("config", Layout::work_tree);
  const auto id = store(config, {{"agent.toml", "x"}, {"d/e", "y"}});
  ASSERT_TRUE(move_main(config, "", id));
  ASSERT_TRUE(config.check_out(id));
  ASSERT_TRUE(config.set_config("remote.applied.url", "/applied/alice"));
  EXPECT_TRUE(fs::is_regular_file(root_ / "config/d/e"));
  EXPECT_EQ(git({"-c", "safe.directory=*", "-C", "config", "diff-index", "--quiet", "HEAD", "--"}), 0);
  EXPECT_EQ(git({"-C", "config", "config", "--get", "remote.applied.url", "/applied/alice"}), 0);
}

}  // namespace
}  // namespace hive::git
