#include "seed.hpp"

#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <fstream>

namespace hive::lifecycle {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Time kNow{1'750'000'000'000};

class SeedTest : public ::testing::Test {
 protected:
  const fs::path& root() const { return folder_.path(); }
  std::string seed() {
    const auto commit = seed_applied(root(), "alice", kNow);
    EXPECT_TRUE(commit) << commit.error().message;
    return commit ? *commit : "";
  }
  testing::TemporaryFolder folder_;
};

TEST_F(SeedTest, AppliedBeginsAsTheFirstDeployedCommit) {
  const auto commit = seed();
  const auto applied = git::Repository::open(root() / "applied/alice");
  ASSERT_TRUE(applied);
  EXPECT_EQ(*applied->resolve("main"), commit);
  EXPECT_EQ(*applied->resolve("deployed/0"), commit);
  for (const auto* file : {"agent.toml", "agent.nix", "flake.nix", "README.md"}) {
    const auto text = applied->read_file(commit, file, 65'536);
    ASSERT_TRUE(text) << file;
    EXPECT_THAT(*text, Not(HasSubstr("@name@")));
  }
  EXPECT_THAT(*applied->read_file(commit, "flake.nix", 65'536), HasSubstr("nixosModules.default"));
}

TEST_F(SeedTest, TheProposedRepositoryIsAWorkTreeOfTheSameCommit) {
  const auto commit = seed();
  const auto seeded = seed_config(root(), "alice", commit);
  ASSERT_TRUE(seeded) << seeded.error().message;
  const auto config = git::Repository::open(root() / "agents/alice/config");
  ASSERT_TRUE(config);
  EXPECT_EQ(*config->resolve("main"), commit);
  EXPECT_TRUE(fs::is_regular_file(root() / "agents/alice/config/agent.toml"));
  std::ifstream file(root() / "agents/alice/config/.git/config");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(text, HasSubstr("url = /applied/alice"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("sharedRepository"))) << "git would set setgid bits, which is refused";
}

TEST_F(SeedTest, WhatIsThereIsKept) {
  const auto commit = seed();
  ASSERT_TRUE(seed_config(root(), "alice", commit));
  std::ofstream(root() / "agents/alice/config/notes") << "mine";
  EXPECT_EQ(seed(), commit);
  ASSERT_TRUE(seed_config(root(), "alice", commit));
  EXPECT_TRUE(fs::exists(root() / "agents/alice/config/notes"));
}

TEST_F(SeedTest, HalfOfAnEarlierTryIsThrownAway) {
  fs::create_directories(root() / "applied/.alice.new/objects");
  std::ofstream(root() / "applied/.alice.new/HEAD") << "torn";
  const auto commit = seed();
  EXPECT_FALSE(fs::exists(root() / "applied/.alice.new"));
  EXPECT_EQ(*git::Repository::open(root() / "applied/alice")->resolve("main"), commit);
}

TEST_F(SeedTest, FollowsNoLinkThatTheManagerLaid) {
  const auto commit = seed();
  fs::create_directories(root() / "agents");
  fs::create_directories(root() / "elsewhere");
  fs::create_directory_symlink(root() / "elsewhere", root() / "agents/alice");
  EXPECT_FALSE(seed_config(root(), "alice", commit));
  EXPECT_TRUE(fs::is_empty(root() / "elsewhere"));
}

}  // namespace
}  // namespace hive::lifecycle
