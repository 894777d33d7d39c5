#include "plan_maker.hpp"

#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <fstream>

namespace hive::runtime_local {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class PlanMakerTest : public ::testing::Test {
 protected:
  PlanMakerTest() {
    for (const char* program : {"bin/hive-ag3nt", "bin/hive-m1nd", "cli/claude"}) make_program(program);
    fs::create_directories(folder_.path() / "share/hyperhive/prompts");
    settings_.claude.command = folder_.path() / "cli/claude";
    settings_.label = "home";
  }
  void make_program(const fs::path& relative) {
    fs::create_directories((folder_.path() / relative).parent_path());
    std::ofstream(folder_.path() / relative).flush();  // it is looked for, and run by nobody
    fs::permissions(folder_.path() / relative, fs::perms::owner_all);
  }
  Result<supervisor::Plan> plan(const std::string& name, const agent::Toml& toml = {}) {
    const auto installation = Installation::beside(folder_.path() / "share/hyperhive");
    return make_plan({name, {61'002, 61'000}, {"abc", {1}, toml}}, settings_, installation, "/hive");
  }
  agent::Config config(const supervisor::Plan& plan) {
    return *decode_text<agent::Config>(plan.config, Unknown::refuse);
  }
  const supervisor::Bind* bind(const supervisor::Plan& plan, const std::string& target) {
    for (const auto& bind : plan.binds)
      if (bind.target == target) return &bind;
    return nullptr;
  }

  testing::TemporaryFolder folder_;
  Settings settings_;
};

TEST_F(PlanMakerTest, AnAgentSeesItsOwnAlone) {
  const auto made = plan("alice");
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_NE(bind(*made, "/state"), nullptr);
  EXPECT_EQ(bind(*made, "/state")->source, "/hive/agents/alice/state");
  EXPECT_TRUE(bind(*made, "/state")->writable);
  EXPECT_FALSE(bind(*made, "/run/hive")->writable);
  EXPECT_FALSE(bind(*made, "/shared")->writable);
  EXPECT_TRUE(bind(*made, "/shared/alice")->writable);
  EXPECT_EQ(bind(*made, "/agents"), nullptr);
  EXPECT_EQ(bind(*made, "/applied"), nullptr);
  EXPECT_EQ(made->argv, (std::vector<std::string>{"/opt/hyperhive/bin/hive-ag3nt", "serve"}));
}

TEST_F(PlanMakerTest, TheManagerSeesAllAgents) {
  const auto made = plan("manager");
  ASSERT_TRUE(made);
  EXPECT_TRUE(bind(*made, "/agents")->writable);
  EXPECT_FALSE(bind(*made, "/applied")->writable);
  EXPECT_EQ(made->argv[0], "/opt/hyperhive/bin/hive-m1nd");
  EXPECT_EQ(config(*made).role, "manager");
}

TEST_F(PlanMakerTest, TheConfigurationIsThatOfTheGenerationAndTheHost) {
  settings_.claude.base_url = "http://127.0.0.1:9/{{name}}";
  agent::Toml toml;
  toml.bash_allow = {"git *"};
  toml.limits = {.memory = "2G", .cpus = 1.5, .pids = 100};
  const auto made = plan("alice", toml);
  ASSERT_TRUE(made);
  EXPECT_EQ(config(*made).model, "haiku");
  EXPECT_EQ(config(*made).base_url, "http://127.0.0.1:9/alice");
  EXPECT_EQ(config(*made).bash_allow, toml.bash_allow);
  EXPECT_EQ(config(*made).revision, "abc");
  EXPECT_EQ(config(*made).label, "home");
  EXPECT_EQ(made->limits.memory_bytes, 2LL << 30);
  EXPECT_EQ(made->limits.pids, 100);
  EXPECT_EQ(made->environment.at("HIVE_LABEL"), "home");
  for (const auto* variable : {"HIVE_SOCKET_DIR", "HIVE_CONFIG_DIR", "HIVE_STATE_DIR", "HIVE_SHARE_DIR", "HIVE_CLAUDE"})
    EXPECT_EQ(made->environment.count(variable), 1u) << variable << " is what an agent without a container goes by";
}

TEST_F(PlanMakerTest, PathsOfSecretsAreInThePlanAndNoSecrets) {
  settings_.claude.api_key_file = "/keys/one";
  EXPECT_EQ(plan("alice")->api_key_file, "/keys/one");
  EXPECT_THAT(plan("alice")->config, ::testing::Not(HasSubstr("/keys")));
}

TEST_F(PlanMakerTest, ProxiesReachTheAgentsInBothSpellingsAndNeverStandBeforeThisMachine) {
  EXPECT_EQ(plan("alice")->environment.count("no_proxy"), 0u);
  settings_.claude.https_proxy = "http://user:hush@proxy:3128";
  const auto made = plan("alice");
  ASSERT_TRUE(made);
  for (const char* variable : {"https_proxy", "HTTPS_PROXY"})
    EXPECT_EQ(made->environment.at(variable), "http://user:hush@proxy:3128");
  EXPECT_EQ(made->environment.count("http_proxy"), 0u);
  EXPECT_EQ(made->environment.at("NO_PROXY"), "localhost,127.0.0.1,::1");
  EXPECT_THAT(made->config, ::testing::Not(HasSubstr("hush")));
  settings_.claude.http_proxy = "http://other:1", settings_.claude.no_proxy = "intern.example";
  EXPECT_EQ(plan("alice")->environment.at("HTTP_PROXY"), "http://other:1");
  EXPECT_EQ(plan("alice")->environment.at("no_proxy"), "intern.example");
}

TEST_F(PlanMakerTest, OnlyWritableMountsAreShownAsTheAgentsOwn) {
  agent::Toml toml;
  toml.mount = {{"/a", "/mnt/a", "rw"}, {"/b", "/mnt/b", "ro"}};
  const auto made = plan("alice", toml);
  EXPECT_TRUE(bind(*made, "/mnt/a")->as_owner && bind(*made, "/mnt/a")->writable);
  EXPECT_FALSE(bind(*made, "/mnt/b")->as_owner || bind(*made, "/mnt/b")->writable);
}

TEST_F(PlanMakerTest, WhatIsMissingIsNamed) {
  settings_.claude.command = "no-such-claude";
  EXPECT_THAT(plan("alice").error().message, HasSubstr("no program no-such-claude"));
  settings_.claude.command = folder_.path() / "cli/claude";
  fs::remove(folder_.path() / "bin/hive-ag3nt");
  EXPECT_THAT(plan("alice").error().message, HasSubstr("bin/hive-ag3nt: is not there"));
}

TEST_F(PlanMakerTest, TheCliIsFoundOnThePathByItsRealFile) {
  fs::create_directories(folder_.path() / "other");
  fs::create_symlink(folder_.path() / "cli/claude", folder_.path() / "other/claude");
  const auto search = "/nowhere:" + (folder_.path() / "other").string();
  EXPECT_EQ(*find_cli("claude", search), folder_.path() / "cli/claude");
}

}  // namespace
}  // namespace hive::runtime_local
