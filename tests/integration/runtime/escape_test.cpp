#include "testing/hive.hpp"

#include "supervisor/plan.hpp"

#include <hive/os/files.hpp>
#include <hive/os/unix_socket.hpp>

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>

namespace hive::runtime_local {
namespace {

using runtime::State;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kEscape = "/opt/hyperhive/share/prompts/escape";

class RuntimeLocalSandbox : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("SECRET_OF_THE_HOST", "x", 1);
    std::filesystem::copy_file(Hive::binaries() / "tests/escape", hive_.prefix() / "share/hyperhive/prompts/escape");
    ASSERT_TRUE(hive_.loaded()) << hive_.loaded().error().message;
  }

  /// A socket that connections to are accepted by the kernel, as the host's would be.
  os::Fd listen_at(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    auto held = os::open_folder(folder);
    auto listening = os::listen_in(held->get(), "host.sock", {.mode = 0666});
    return std::move(*listening);
  }
  os::Fd listen_abstract(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto full = std::string("\0hive-escape-", 13) + name;
    std::memcpy(address.sun_path, full.data(), full.size());
    os::Fd listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto length = socklen_t(offsetof(sockaddr_un, sun_path) + full.size());
    EXPECT_EQ(::bind(listening.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(listening.get(), 8), 0);
    return listening;
  }
  pid_t outermost_of(const std::string& name) {
    const auto text = os::read_file(hive_.root() / "run/supervisors" / (name + ".json"));
    const auto record = decode_text<supervisor::Record>(text ? *text : "", Unknown::ignore);
    return record ? pid_t(record->pid) : 0;
  }
  std::string run(const std::string& name, const std::string& script) {
    const auto end = "the end of run " + std::to_string(++runs_);
    hive_.set_script(name, script + "\necho " + end + "\nexec sleep 1000\n");
    const auto started = hive_.start(name);
    EXPECT_TRUE(started && started->state == State::running);
    EXPECT_TRUE(hive_.shows(name, end)) << hive_.output(name);
    return hive_.output(name);
  }

  Hive hive_;
  int runs_ = 0;
};

TEST_F(RuntimeLocalSandbox, NothingOfOthersIsInReach) {
  const auto bob = "bob-" + std::to_string(::getpid()), machine = "machine-" + std::to_string(::getpid());
  ASSERT_TRUE(hive_.add("bob", std::string("exec ") + kEscape + " listen " + bob + "\n"));
  ASSERT_TRUE(hive_.start("bob"));
  ASSERT_TRUE(hive_.shows("bob", "listening"));
  ASSERT_TRUE(hive_.add("alice", ""));
  const auto own = listen_at(hive_.root() / "run/agents/alice");
  const auto others = listen_at(hive_.root() / "run/agents/bob");
  const auto operators = listen_at(hive_.root() / "run");
  const auto abstract = listen_abstract(machine);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown((hive_.root() / "run/agents/alice/host.sock").c_str(), 0, 61'000), 0);
  }
  const auto said = run("alice", "MACHINE=" + machine + " BOB=" + bob + " " + kEscape + " " + hive_.root().string() +
                                     " " + std::to_string(::getpid()) + " " + std::to_string(outermost_of("bob")));
  EXPECT_THAT(said, HasSubstr("all tried"));
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_THAT(line, Not(::testing::StartsWith("OPEN")));
    EXPECT_THAT(line, Not(::testing::StartsWith("BROKEN")));
  }
}

TEST_F(RuntimeLocalSandbox, ProcessesAreTheAgentsOwnUserWithoutRights) {
  ASSERT_TRUE(hive_.add("alice", ""));
  const auto said =
      run("alice", "id -u; grep -E 'CapEff|CapBnd|NoNewPrivs|Seccomp:' /proc/self/status; umask; echo home $HOME");
  EXPECT_THAT(said, HasSubstr("1000\n"));
  EXPECT_THAT(said, HasSubstr("CapEff:\t0000000000000000"));
  EXPECT_THAT(said, HasSubstr("NoNewPrivs:\t1"));
  EXPECT_THAT(said, HasSubstr("Seccomp:\t2"));
  EXPECT_THAT(said, HasSubstr("0007"));
  EXPECT_THAT(said, HasSubstr("home /home/agent"));
  struct stat made{};
  ASSERT_TRUE(hive_.stop("alice", 0));
  run("alice", "touch /state/made");
  ASSERT_EQ(::lstat((hive_.state_of("alice") / "made").c_str(), &made), 0);
  EXPECT_EQ(made.st_uid, ::geteuid() == 0 ? 61'002u : ::geteuid());
}

TEST_F(RuntimeLocalSandbox, TheManagerWritesAgentsAndReadsApplied) {
  ASSERT_TRUE(hive_.add("manager", ""));
  const auto config = hive_.root() / "agents/alice/config";
  std::filesystem::create_directories(config);
  Hive::write(config / "agent.toml", "# seeded\n");
  ASSERT_TRUE(hive_.add("alice", "echo secret > /state/notes; exec sleep 1000"));
  ASSERT_TRUE(hive_.start("alice"));
  const auto said = run("manager",
                        "echo changed > /agents/alice/config/agent.toml && echo wrote config\n"
                        "cat /applied/alice/HEAD && echo read applied\n"
                        "echo x > /applied/alice/HEAD || echo applied refused\n"
                        "cat /agents/alice/state/main.sh > /dev/null && echo read state\n");
  for (const char* wanted : {"wrote config", "read applied", "applied refused", "read state"})
    EXPECT_THAT(said, HasSubstr(wanted));
}

TEST_F(RuntimeLocalSandbox, AMountIsWrittenAsItsOwner) {
  const auto project = hive_.folder() / "project";
  std::filesystem::create_directories(project);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(project.c_str(), 1'234, 1'234), 0);
  }
  const auto toml = "[[mount]]\nsource = \"" + project.string() + "\"\ntarget = \"/mnt/project\"\nmode = \"rw\"\n";
  ASSERT_TRUE(hive_.add("alice", "", toml));
  EXPECT_THAT(run("alice", "echo hello > /mnt/project/file && stat -c 'owner %u' /mnt/project/file"),
              HasSubstr("owner 1000"));
  struct stat made{};
  ASSERT_EQ(::lstat((project / "file").c_str(), &made), 0);
  EXPECT_EQ(made.st_uid, ::geteuid() == 0 ? 1'234u : ::geteuid());
}

TEST_F(RuntimeLocalSandbox, NothingThatItLeavesOnTheMachineHasRightsOfItsOwn) {
  const auto project = hive_.folder() / "project";
  std::filesystem::create_directories(project);
  const auto toml = "[[mount]]\nsource = \"" + project.string() + "\"\ntarget = \"/mnt/project\"\nmode = \"rw\"\n";
  const auto prepared = hive_.prepare("alice", toml);
  ASSERT_TRUE(prepared);
  EXPECT_EQ(prepared->notes.size(), ::geteuid() == 0 ? 1u : 0u);
  ASSERT_TRUE(hive_.add("alice", "", toml));
  const auto said = run("alice", std::string("for folder in /mnt/project /state /shared/common /home/agent; do ") +
                                     kEscape + " modes $folder; done");
  std::istringstream lines(said);
  int tried = 0;
  for (std::string line; std::getline(lines, line);) {
    tried += line == "all tried";
    EXPECT_THAT(line, Not(::testing::StartsWith("OPEN")));
    EXPECT_THAT(line, Not(::testing::StartsWith("BROKEN")));
  }
  EXPECT_EQ(tried, 4);
  struct stat left{};
  ASSERT_EQ(::lstat((project / "file").c_str(), &left), 0);
  EXPECT_EQ(left.st_mode & 07000, 0u);
  EXPECT_EQ(left.st_uid, ::geteuid());
}

TEST_F(RuntimeLocalSandbox, ToolsThatCopyAndUnpackWorkWhereverItWrites) {
  const auto project = hive_.folder() / "project";
  std::filesystem::create_directories(project);
  const auto toml = "[[mount]]\nsource = \"" + project.string() + "\"\ntarget = \"/mnt/project\"\nmode = \"rw\"\n";
  ASSERT_TRUE(hive_.add("alice", R"(
tools() {
  set -e
  cd "$1" && mkdir -p a/b && echo x > a/b/file && chmod 750 a/b
  cp -r a copied && cp -a a kept && install -d -m 755 installed && mv a/b/file a/file
  tar cf packed.tar a && mkdir unpacked && tar xf packed.tar -C unpacked && tar xpf packed.tar -C unpacked
  git init -q one && cd one && echo x > file && git add . && git commit -q -m first && git clone -q . ../two
  cd ../two && git gc -q && cd ..
  if command -v python3 > /dev/null; then python3 -c 'import shutil; shutil.copytree("a", "by-python")'; fi
}
packages() {
  set -e
  mkdir /state/one-package /state/other && cd /state/other
  echo '{"name":"one-package","version":"1.0.0"}' > ../one-package/package.json
  npm install --offline --no-audit --no-fund ../one-package > /dev/null
}
for folder in /mnt/project /state /shared/common /home/agent; do
  (tools $folder) 2>&1
  echo "$folder: $?"
done
if command -v npm > /dev/null; then (packages) 2>&1; fi
echo "packages: $?"
exec sleep 1000
)",
                        toml));
  ASSERT_TRUE(hive_.start("alice"));
  for (const char* place : {"/mnt/project", "/state", "/shared/common", "/home/agent", "packages"})
    EXPECT_TRUE(hive_.shows("alice", std::string(place) + ": 0\n")) << hive_.output("alice");
}

TEST_F(RuntimeLocalSandbox, AReadOnlyMountIsReadOnly) {
  const auto project = hive_.folder() / "project";
  std::filesystem::create_directories(project);
  const auto toml = "[[mount]]\nsource = \"" + project.string() + "\"\ntarget = \"/mnt/project\"\nmode = \"ro\"\n";
  ASSERT_TRUE(hive_.add("alice", "", toml));
  EXPECT_THAT(run("alice", "touch /mnt/project/file || echo refused"), HasSubstr("refused"));
}

TEST_F(RuntimeLocalSandbox, TheMachinesNamesAreKnownAndTheirChangesToo) {
  ASSERT_TRUE(hive_.add("alice", ""));
  const auto hosts = os::read_file("/etc/hosts");
  const auto said = run("alice", "cat /etc/hosts /etc/resolv.conf; touch /etc/hosts || echo not its to write");
  EXPECT_THAT(said, HasSubstr("127.0.0.1 localhost alice"));
  if (hosts) {
    EXPECT_THAT(said, HasSubstr(hosts->substr(0, hosts->find('\n'))));
  }
  EXPECT_THAT(said, HasSubstr("not its to write"));
  // What the supervisor does when the machine's are replaced; that it is told then, machine_names_test shows.
  ASSERT_TRUE(hive_.stop("alice", 0));
  hive_.set_script("alice",
                   "echo up; until grep -q 192.0.2.7 /etc/resolv.conf; do sleep 0.05; done; echo seen\n"
                   "until getent hosts printer.hive; do sleep 0.05; done; exec sleep 1000\n");
  ASSERT_TRUE(hive_.start("alice"));
  ASSERT_TRUE(hive_.shows("alice", "up"));
  const auto folder = os::open_folder(hive_.root() / "run/names/alice");
  ASSERT_TRUE(folder);
  ASSERT_TRUE(os::replace_file(folder->get(), "resolv.conf", "nameserver 192.0.2.7\n", 0644));
  EXPECT_TRUE(hive_.shows("alice", "seen"));
  ASSERT_TRUE(os::replace_file(folder->get(), "hosts", "192.0.2.9 printer.hive\n", 0644));
  EXPECT_TRUE(hive_.shows("alice", "192.0.2.9"));
  ASSERT_TRUE(hive_.stop("alice", 0));
  EXPECT_FALSE(std::filesystem::exists(hive_.root() / "run/names/alice"));
}

TEST_F(RuntimeLocalSandbox, TheCredentialIsInTheContainerAndNowhereElse) {
  Hive::write(hive_.folder() / "key", "sk-very-secret\n");
  hive_.use_settings(R"({"claude":{"command":"/bin/true","api_key_file":")" + (hive_.folder() / "key").string() +
                     R"("}})");
  ASSERT_TRUE(hive_.add("alice", ""));
  const auto said =
      run("alice", "cut -c3-10 /etc/hyperhive/credential.json; stat -c '%a' /etc/hyperhive/credential.json");
  EXPECT_THAT(said, HasSubstr("api_key"));
  EXPECT_THAT(said, HasSubstr("400\n"));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(hive_.root()))
    if (entry.is_regular_file()) {
      EXPECT_THAT(*os::read_file(entry.path()), Not(HasSubstr("very-secret"))) << entry.path();
    }
  EXPECT_TRUE(hive_.host().call(Hive::kLifecycle, runtime::kLoginState, runtime::Name{"alice"})->logged_in);
}

TEST_F(RuntimeLocalSandbox, TheLevelSaysWhatIsMissing) {
  ASSERT_TRUE(hive_.add("alice", ""));
  run("alice", "");
  const auto sandbox = hive_.status("alice").sandbox;
  ASSERT_TRUE(sandbox);
  EXPECT_NE(sandbox->level, runtime::Sandbox::none);
  EXPECT_EQ(sandbox->level == runtime::Sandbox::full, sandbox->reasons.empty());
  const auto missing = ::testing::Contains(HasSubstr("no uid of its own"));
  if (::geteuid() == 0) {
    EXPECT_THAT(sandbox->reasons, Not(missing));
  } else {
    EXPECT_THAT(sandbox->reasons, missing);
  }
}

}  // namespace
}  // namespace hive::runtime_local
