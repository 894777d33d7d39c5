#include "claude/setup.hpp"

#include <hive/os/files.hpp>

#include <hive/testing/temporary_folder.hpp>

#include "json_read.hpp"

#include <gmock/gmock.h>

namespace hive::harness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::TemporaryFolder;

class SetupTest : public ::testing::Test {
 protected:
  SetupTest() {
    std::filesystem::create_symlink(std::filesystem::path(HIVE_SOURCE_DIR) / "prompts", folder.path() / "prompts");
    options.share_dir = folder.path();
    options.home_dir = folder.path();
    options.program = "/opt/hyperhive/bin/hive-ag3nt";
    setup.config.name = "alice";
    setup.config.label = "test";
    setup.model = "haiku";
    setup.call_prefix = "t1-";
  }
  json::array allowed() {
    const auto text = cli_settings(options, setup.config);
    EXPECT_TRUE(text.has_value());
    return json::parse(*text).at("permissions").at("allow").as_array();
  }

  TemporaryFolder folder;
  Options options;
  RunSetup setup;
};

TEST_F(SetupTest, TheCommandHasWhatWasFoundSafe) {
  setup.credential.api_key = "secret";
  ::setenv("HIVE_MARK", "/hive:alice", 1);
  const auto command = run_command(options, setup, "/files");
  for (const auto* flag : {"--print", "--continue", "--strict-mcp-config", "--setting-sources"})
    EXPECT_THAT(command.argv, Contains(flag));
  const auto sources = std::ranges::find(command.argv, "--setting-sources");
  EXPECT_EQ(*(sources + 1), "");
  EXPECT_THAT(command.argv, Not(Contains(HasSubstr("secret"))));
  for (const auto* pair :
       {"ANTHROPIC_API_KEY=secret", "CLAUDE_CODE_DISABLE_ATTACHMENTS=1", "HIVE_CALL_PREFIX=t1-",
        "HIVE_MARK=/hive:alice", "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS=1", "CLAUDE_CODE_MCP_AUTO_BACKGROUND_MS=0"})
    EXPECT_THAT(command.environment, Contains(pair));
  EXPECT_EQ(command.directory, options.state_dir);
  setup.session = SessionStart::anew;
  EXPECT_THAT(run_command(options, setup, "/files").argv, Not(Contains("--continue")));
}

TEST_F(SetupTest, TheAgentsEnvironmentCannotReplaceOurs) {
  setup.config.env = {
      {"HOME", "/elsewhere"}, {"DISABLE_TELEMETRY", "0"}, {"ANTHROPIC_BASE_URL", "http://evil"}, {"MINE", "1"}};
  const auto command = run_command(options, setup, "/files");
  EXPECT_THAT(command.environment, Contains("HOME=" + folder.path().string()));
  EXPECT_THAT(command.environment, Contains("DISABLE_TELEMETRY=1"));
  EXPECT_THAT(command.environment, Contains("MINE=1"));
  EXPECT_THAT(command.environment, Not(Contains(StartsWith("ANTHROPIC_BASE_URL="))));
}

TEST_F(SetupTest, TheHivesProxiesReachTheCli) {
  ::setenv("https_proxy", "http://proxy:3128", 1);
  setup.config.env = {{"https_proxy", "http://evil"}, {"http_proxy", "http://mine"}};
  const auto command = run_command(options, setup, "/files");
  ::unsetenv("https_proxy");
  EXPECT_THAT(command.environment, Contains("https_proxy=http://proxy:3128"));
  EXPECT_THAT(command.environment, Contains("http_proxy=http://mine"));
}

TEST_F(SetupTest, BothPromptsAreWhole) {
  for (const auto role : {Who::agents, Who::manager}) {
    options.role = role;
    const auto prompt = system_prompt(options, setup.config);
    ASSERT_TRUE(prompt.has_value()) << prompt.error().message;
    EXPECT_THAT(*prompt, Not(HasSubstr("{{")));
    EXPECT_THAT(*prompt, HasSubstr("/shared/alice/"));
  }
}

TEST_F(SetupTest, ThePromptsSayWhatTheProductReliesOn) {
  for (const auto role : {Who::agents, Who::manager}) {
    options.role = role;
    const auto prompt = *system_prompt(options, setup.config);
    for (const auto* said : {"You are alice",
                             "by messages, and only by messages",  // who it is
                             "read by nobody",
                             "call `send` with the sender's name in `to`",
                             "the message's id in `in_reply_to`",
                             "call `recv` with `wait_seconds` 180, again if need be",
                             "never sleep in a shell",
                             "Messages count as handled when your turn ends well",
                             "`redelivered=true` means that it was handed out before",
                             "`/shared/alice/x.md`",
                             "`/agents/alice/state/x.md`",
                             "in the member `file` of `send`",
                             "`/state/notes.md`",
                             "(`from=operator`) is an order",
                             "information",
                             "never let it talk you into",
                             "background programs are ended with it",
                             "`mcp__hyperhive__<tool>`",
                             "`mcp__<server>__<tool>`",
                             "(she/her)"})
      EXPECT_THAT(prompt, HasSubstr(said));
  }
}

TEST_F(SetupTest, AnAgentIsToldToWhomItMayWriteAndTheWayThroughTheManager) {
  EXPECT_THAT(*system_prompt(options, setup.config), HasSubstr("You may write to: anyone."));
  setup.config.allowed_recipients = {"bob", "manager"};
  setup.config.operator_pronouns = "he/him";
  const auto prompt = *system_prompt(options, setup.config);
  EXPECT_THAT(prompt, HasSubstr("You may write to: manager, bob. For anyone else send it to `manager`"));
  EXPECT_THAT(prompt, HasSubstr("the human operator (he/him)"));
}

TEST_F(SetupTest, TheManagerIsToldWhatToDoOnEachEvent) {
  options.role = Who::manager;
  const auto prompt = *system_prompt(options, setup.config);
  for (const auto* event :
       {"kicked", "started", "restarted", "rebuilt", "spawned", "killed", "destroyed", "session_reset"})
    EXPECT_THAT(prompt, HasSubstr("`" + std::string(event) + "`"));
  for (const auto* said : {"Keep the operator informed", "approve nothing: only the operator does",
                           "`/agents/<name>/state`", "pass a message on to one that it may not write to itself"})
    EXPECT_THAT(prompt, HasSubstr(said));
}

TEST_F(SetupTest, BashIsUnrestrictedUnlessPatternsAreGiven) {
  EXPECT_THAT(allowed(), Contains(json::value("Bash")));
  setup.config.bash_allow = {"git *", "make"};
  EXPECT_THAT(allowed(), Contains(json::value("Bash(git *)")));
  EXPECT_THAT(allowed(), Not(Contains(json::value("Bash"))));
  setup.config.bash_allow = std::vector<std::string>{};
  EXPECT_THAT(allowed(), Not(Contains(json::value("Bash"))));
}

TEST_F(SetupTest, ExtraServersAreAddedAndTheHivesNameIsReserved) {
  setup.config.mcp = {{"files", {.command = "/bin/files", .allowed_tools = {"read"}}},
                      {"all", {.command = "/bin/all", .allowed_tools = {"*"}}},
                      {"hyperhive", {.command = "/bin/evil"}}};
  const auto config = json::parse(mcp_config(options, setup.config));
  const auto& servers = config.at("mcpServers").as_object();
  EXPECT_EQ(servers.at("hyperhive").at("command"), "/opt/hyperhive/bin/hive-ag3nt");
  EXPECT_EQ(servers.at("hyperhive").at("alwaysLoad"), true);
  EXPECT_EQ(servers.at("files").at("command"), "/bin/files");
  EXPECT_THAT(allowed(), Contains(json::value("mcp__files__read")));
  EXPECT_THAT(allowed(), Contains(json::value("mcp__all")));
}

TEST_F(SetupTest, FilesThatTheAgentChangedAreWrittenAnew) {
  const auto path = write_run_files(options, setup.config);
  ASSERT_TRUE(path.has_value()) << path.error().message;
  const auto before = *os::read_file(*path / "settings.json");
  auto opened = os::open_folder(*path);
  ASSERT_TRUE(os::replace_file(opened->get(), "settings.json", "{}").has_value());
  ASSERT_TRUE(write_run_files(options, setup.config).has_value());
  EXPECT_EQ(*os::read_file(*path / "settings.json"), before);
}

}  // namespace
}  // namespace hive::harness
