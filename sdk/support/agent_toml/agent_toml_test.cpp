#include <hive/agent_toml/agent_toml.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>

namespace hive::agent {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class AgentTomlTest : public ::testing::Test {
 protected:
  AgentTomlTest() {
    fs::create_directories(folder_ / "root/inside");
    fs::create_directories(folder_ / "project");
    fs::create_directory_symlink(folder_ / "project", folder_ / "link");
  }

  Result<Toml> read(const std::string& text) { return read_toml({text, "agent.toml", folder_ / "root"}); }
  std::string refusal(const std::string& text) {
    auto read_in = read(text);
    return read_in ? "accepted" : read_in.error().message;
  }
  std::string mount(const std::string& source, const std::string& target, const std::string& mode = "ro") {
    return "[[mount]]\nsource = \"" + source + "\"\ntarget = \"" + target + "\"\nmode = \"" + mode + "\"\n";
  }
  std::string project() const { return folder_ / "project"; }

  const hive::testing::TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(AgentTomlTest, AnEmptyFileIsEverythingByDefault) {
  const auto toml = read("");
  ASSERT_TRUE(toml);
  EXPECT_FALSE(toml->model);
  EXPECT_FALSE(toml->bash_allow);
  EXPECT_TRUE(toml->mount.empty());
}

TEST_F(AgentTomlTest, ReadsEveryKey) {
  const auto toml = read(R"(model = "sonnet"
allowed_recipients = ["alice"]
bash_allow = ["git *"]
env = { EDITOR = "vi" }
)" + mount(project(), "/mnt/project", "rw") +
                         R"([budget]
usd_per_day = 5
[limits]
memory = "2G"
cpus = 2.0
pids = 512
[network]
egress = ["api.anthropic.com:443"]
[mcp.matrix]
command = "matrix-mcp"
args = ["--stdio"]
env = { ROOM = "!x" }
allowed_tools = ["send_message"]
)");
  ASSERT_TRUE(toml) << toml.error().message;
  EXPECT_EQ(toml->model, "sonnet");
  EXPECT_EQ(toml->mount.at(0).mode, "rw");
  EXPECT_EQ(toml->budget.usd_per_day, 5.0);
  EXPECT_EQ(toml->limits.pids, 512);
  EXPECT_EQ(toml->mcp.at("matrix").env.at("ROOM"), "!x");
}

TEST_F(AgentTomlTest, NamesFileLineAndKeyOfAMistake) {
  EXPECT_THAT(refusal("model = \"a\"\n\nmodle = 1\n"), HasSubstr("agent.toml:3: modle: wanted no such member"));
  EXPECT_THAT(refusal("model = 3\n"), HasSubstr("agent.toml:1: model: wanted a string"));
  EXPECT_THAT(refusal("a = \n"), HasSubstr("agent.toml:1: is not TOML: "));
  EXPECT_THAT(refusal("[limits]\n\npids = 3\n"), HasSubstr("agent.toml:3: limits.pids: wanted 32 to 65536, not 3"));
  EXPECT_THAT(refusal(mount(project(), "/mnt/a") + mount(project(), "/mnt/b", "x")),
              HasSubstr("agent.toml:8: mount[1].mode: wanted ro or rw"));
  EXPECT_THAT(refusal("model = 1979-05-27\n"), HasSubstr("agent.toml:1: model: wanted a string"));
}

TEST_F(AgentTomlTest, RefusesVariablesOfTheHive) {
  for (const char* name : {"ANTHROPIC_API_KEY", "CLAUDE_X", "HIVE_NAME", "HYPERHIVE_A", "LD_PRELOAD", "PATH", "HOME"})
    EXPECT_THAT(refusal("[env]\n" + std::string(name) + " = \"x\"\n"), HasSubstr("agent.toml:2: env.")) << name;
  EXPECT_THAT(refusal("env = { \"A B\" = \"x\" }\n"), HasSubstr("a name of letters"));
}

TEST_F(AgentTomlTest, MountsLieOutsideTheHiveAndTheSystem) {
  EXPECT_EQ(refusal(mount(project(), "/mnt/project")), "accepted");
  EXPECT_THAT(refusal(mount(folder_ / "root/inside", "/mnt/x")), HasSubstr("outside the hive's own root"));
  EXPECT_THAT(refusal(mount(folder_, "/mnt/x")), HasSubstr("outside the hive's own root"));
  EXPECT_THAT(refusal(mount(folder_ / "link", "/mnt/x")), HasSubstr("without links"));
  EXPECT_THAT(refusal(mount(folder_ / "missing", "/mnt/x")), HasSubstr("that exists"));
  EXPECT_THAT(refusal(mount(project() + "/../project", "/mnt/x")), HasSubstr("without . or .."));
  for (const char* source : {"/", "/etc", "/usr/share", "/var", "/var/lib", "/proc"})
    EXPECT_NE(refusal(mount(source, "/mnt/x")), "accepted") << source;
}

TEST_F(AgentTomlTest, MountsDoNotCoverWhatTheContainerHas) {
  for (const char* target : {"/", "/state", "/state/x", "/etc", "/opt", "/opt/hyperhive/bin", "/run/hive", "mnt/x",
                             "/home", "/home/agent/.claude", "/mnt/../etc", "/agents", "/usr/local"})
    EXPECT_NE(refusal(mount(project(), target)), "accepted") << target;
  EXPECT_THAT(refusal(mount(project(), "/mnt/a") + mount(project(), "/mnt/a/b")), HasSubstr("overlaps /mnt/a"));
}

TEST_F(AgentTomlTest, RefusesTheHivesOwnServerAndOddWords) {
  EXPECT_THAT(refusal("[mcp.hyperhive]\ncommand = \"x\"\n"),
              HasSubstr("agent.toml:1: mcp.hyperhive: wanted another key"));
  EXPECT_NE(refusal("model = \"--dangerous\"\n"), "accepted");
  EXPECT_NE(refusal("bash_allow = [\"ls), Write(\"]\n"), "accepted");
  EXPECT_NE(refusal("[limits]\nmemory = \"2X\"\n"), "accepted");
  EXPECT_NE(refusal("[limits]\ncpus = nan\n"), "accepted");
  EXPECT_NE(refusal("[budget]\nusd_per_day = -1\n"), "accepted");
}

TEST(BytesOf, TakesPowersOf1024) {
  EXPECT_EQ(bytes_of("512M"), 512LL << 20);
  EXPECT_EQ(bytes_of("2G"), 2LL << 30);
  EXPECT_EQ(bytes_of("4096"), 4096);
  for (const char* text : {"", "G", "2g", "-1", "2 G", "9999999999999T"}) EXPECT_FALSE(bytes_of(text)) << text;
}

}  // namespace
}  // namespace hive::agent
