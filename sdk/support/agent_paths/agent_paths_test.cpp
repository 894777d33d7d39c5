#include <hive/agent_paths/agent_paths.hpp>
#include <hive/os/files.hpp>
#include <hive/os/read.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>

namespace hive::agent_paths {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr const char* kRoot = "/var/lib/hyperhive";

std::string read_as(std::string_view path) {
  const auto parsed = parse(kRoot, path);
  return parsed ? parsed->text() : std::string(name_of(parsed.error().code));
}

TEST(AgentPathsTest, BothFormsOfAPathAreOne) {
  for (const auto* path : {"/shared/alice/plan.md", "//shared/./alice///plan.md", "/shared/alice/plan.md/",
                           "/var/lib/hyperhive/shared/alice/plan.md", "/var/lib//hyperhive/shared/alice/plan.md"})
    EXPECT_EQ(read_as(path), "/shared/alice/plan.md") << path;
  EXPECT_EQ(read_as("/agents/alice/state/a/b.md"), "/agents/alice/state/a/b.md");
  EXPECT_EQ(read_as("/var/lib/hyperhive/agents/alice/state/grüße 漢.md"), "/agents/alice/state/grüße 漢.md");
  EXPECT_EQ(parse(kRoot, "/agents/alice/state/a/b.md")->owner, "alice");
  EXPECT_EQ(parse(kRoot, "/agents/alice/state/a/b.md")->folder(), "agents/alice/state");
  EXPECT_EQ(parse(kRoot, "/shared/alice/b.md")->folder(), "shared/alice");
  EXPECT_EQ(parse(kRoot, "/shared/b.md")->folder(), "shared");
}

TEST(AgentPathsTest, NothingElseHasAName) {
  for (const auto* path : {"/",
                           "/shared",
                           "/shared/",
                           "/shared/.",
                           "/agents",
                           "/agents/alice",
                           "/agents/alice/state",
                           "/agents/alice/state/",
                           "/agents/alice/config/agent.toml",
                           "/agents/alice/states/x",
                           "/agents/Alice/state/x",
                           "/agents/-a/state/x",
                           "/agents//state/x",
                           "/Shared/x",
                           "/SHARED/x",
                           "/sharedx/y",
                           "/etc/passwd",
                           "/proc/self/environ",
                           "/var/lib/hyperhive/run/operator.key",
                           "/var/lib/hyperhive/broker.sqlite",
                           "/var/lib/hyperhive/logins/alice/x",
                           "/var/lib/hyperhive2/shared/x",
                           "/shared%2fx",
                           "/%73hared/x"})
    EXPECT_EQ(read_as(path), "forbidden") << path;
  for (const auto* path : {"", "shared/x", "./shared/x", "~/x", "/shared/../etc/passwd", "/shared/alice/..", "/..",
                           "/shared/x/../../run/operator.key", "/agents/alice/state/../config/x", "/state/notes.md",
                           "/shared/a\nb", "/shared/a\x1b[2J", "/shared/\xE2\x80\xAEtxt.exe", "/shared/\xFF"})
    EXPECT_EQ(read_as(path), "invalid_params") << path;
  EXPECT_EQ(read_as(std::string_view("/shared/a\0b", 11)), "invalid_params");
  EXPECT_EQ(read_as("/shared/..."), "/shared/...");
}

TEST(AgentPathsTest, ASentenceSaysWhatToDo) {
  EXPECT_THAT(parse(kRoot, "/state/notes.md").error().message, HasSubstr("write /agents/NAME/state/notes.md"));
  EXPECT_THAT(parse(kRoot, "/etc/passwd").error().message, HasSubstr("/etc/passwd is neither under /shared/"));
  EXPECT_THAT(parse(kRoot, "/shared/\x1b[2J").error().message, ::testing::Not(HasSubstr("\x1b")));
}

class OpenTest : public ::testing::Test {
 protected:
  OpenTest() {
    fs::create_directories(root_ / "agents/alice/state/notes");
    fs::create_directories(root_ / "agents/alice/config");
    fs::create_directories(root_ / "shared/alice");
    fs::create_directories(root_ / "run");
    write("run/operator.key", "secret");
    write("agents/alice/config/agent.toml", "secret");
  }
  void write(const std::string& file, const std::string& text) { std::ofstream(root_ / file) << text; }
  void link(const std::string& target, const std::string& name) { fs::create_symlink(target, root_ / name); }
  /// What is in the file, or the name of the error.
  std::string found_at(const std::string& path) {
    const auto parsed = parse(root_, path);
    if (!parsed) return std::string(name_of(parsed.error().code));
    const auto at = os::open_folder(root_);
    const auto file = open(at->get(), *parsed);
    if (!file) return std::string(name_of(file.error().code));
    return *os::read_rest(file->get(), path, 1'000);
  }

  const testing::TemporaryFolder folder_;
  const fs::path root_ = folder_.path();
};

TEST_F(OpenTest, AFileIsFoundByBothForms) {
  write("agents/alice/state/notes/today.md", "water");
  write("shared/alice/plan.md", "plan");
  EXPECT_EQ(found_at("/agents/alice/state/notes/today.md"), "water");
  EXPECT_EQ(found_at((root_ / "shared/alice/plan.md").string()), "plan");
  EXPECT_EQ(found_at("/shared/alice/gone.md"), "not_found");
  EXPECT_EQ(found_at("/agents/bob/state/notes.md"), "not_found");
}

TEST_F(OpenTest, NoLinkIsFollowedWhereverItStands) {
  write("shared/alice/plan.md", "plan");
  link("plan.md", "shared/alice/beside");
  link("../../run", "shared/alice/folder");
  link((root_ / "run/operator.key").string(), "agents/alice/state/key");
  link("/proc/self/environ", "agents/alice/state/environ");
  link("/proc/self/root", "agents/alice/state/all");
  link("/dev/fd", "agents/alice/state/fd");
  for (const auto* path :
       {"/shared/alice/beside", "/shared/alice/folder/operator.key", "/agents/alice/state/key",
        "/agents/alice/state/environ", "/agents/alice/state/all/etc/passwd", "/agents/alice/state/fd/0"})
    EXPECT_EQ(found_at(path), "forbidden") << path;
}

TEST_F(OpenTest, NoFolderOfTheHivesOwnMayBeALink) {
  fs::create_directories(root_ / "agents/bob"), fs::create_directories(root_ / "agents/eve");
  link("../../run", "agents/bob/state");
  link("../alice/config", "agents/eve/state");
  link("alice", "agents/carol");
  link("../run", "shared/run");
  write("agents/alice/state/notes.md", "n");
  EXPECT_EQ(found_at("/agents/bob/state/operator.key"), "forbidden");
  EXPECT_EQ(found_at("/agents/eve/state/agent.toml"), "forbidden");
  EXPECT_EQ(found_at("/agents/carol/state/notes.md"), "forbidden");
  EXPECT_EQ(found_at("/shared/run/operator.key"), "forbidden");
}

TEST_F(OpenTest, OnlyRegularFilesAreOpenedAndNothingWaits) {
  ASSERT_EQ(::mkfifo((root_ / "shared/alice/fifo").c_str(), 0600), 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const auto name = (root_ / "shared/alice/sock").string();
  ASSERT_LT(name.size(), sizeof address.sun_path);
  name.copy(address.sun_path, name.size());
  const os::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(found_at("/shared/alice/fifo"), "forbidden");
  EXPECT_EQ(found_at("/shared/alice"), "forbidden");
  EXPECT_EQ(found_at("/shared/alice/sock"), "unavailable");
  write("shared/alice/plan.md", "plan");
  EXPECT_EQ(found_at("/shared/alice/plan.md/more"), "unavailable");
  EXPECT_EQ(found_at("/shared/alice/" + std::string(255, 'x')), "not_found");
  EXPECT_EQ(found_at("/shared/alice/" + std::string(256, 'x')), "invalid_params");
  std::string deep = "/shared";
  while (deep.size() < 4'000) deep += "/deep";
  EXPECT_EQ(found_at(deep), "not_found");
  if (::geteuid() != 0 || ::mknod((root_ / "shared/alice/null").c_str(), S_IFCHR | 0600, makedev(1, 3)) != 0) return;
  EXPECT_NE(found_at("/shared/alice/null"), "");
}

TEST_F(OpenTest, ASecondNameOfSomebodyElsesFileIsNone) {
  if (::geteuid() != 0) GTEST_SKIP() << "only the superuser may give files to others";
  constexpr uid_t kAlice = 70'002, kBob = 70'003;
  const auto give = [&](const char* file, uid_t uid) {
    ASSERT_EQ(::chown((root_ / file).c_str(), uid, uid), 0) << file;
  };
  write("agents/alice/state/own.md", "own");
  write("shared/alice/bobs.md", "bob's");
  for (const auto* folder : {"agents/alice/state", "agents/alice/state/own.md", "shared/alice"}) give(folder, kAlice);
  give("shared/alice/bobs.md", kBob);
  fs::create_hard_link(root_ / "agents/alice/state/own.md", root_ / "agents/alice/state/again.md");
  fs::create_hard_link(root_ / "run/operator.key", root_ / "agents/alice/state/key");
  fs::create_hard_link(root_ / "run/operator.key", root_ / "shared/key");
  EXPECT_EQ(found_at("/agents/alice/state/again.md"), "own");
  EXPECT_EQ(found_at("/agents/alice/state/key"), "forbidden");
  EXPECT_EQ(found_at("/shared/key"), "forbidden");
  EXPECT_EQ(found_at("/shared/alice/bobs.md"), "bob's");
  fs::create_hard_link(root_ / "shared/alice/bobs.md", root_ / "shared/alice/bobs-again.md");
  EXPECT_EQ(found_at("/shared/alice/bobs.md"), "forbidden");
}

}  // namespace
}  // namespace hive::agent_paths
