#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <hive/sdk/contracts/http.hpp>
#include <hive/sdk/contracts/lifecycle.hpp>

#include <boost/json.hpp>
#include <fstream>
#include <thread>

#include "testing/commands_fixture.hpp"

namespace hive::host::cli {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class DoctorTest : public CommandsTest {
 protected:
  void SetUp() override { ::chmod((root_ / "run").c_str(), 0711); }
  std::filesystem::path folder(const std::string& name, mode_t mode) {
    const auto path = root_ / name;
    std::filesystem::create_directories(path);
    ::chmod(path.c_str(), mode);
    return path;
  }
  /// "WRONG subject: message" or "ok …" of each finding. What this machine has or lacks is among them.
  std::vector<std::string> findings() {
    const auto ran = run({"--json", "doctor"});
    const auto value = parse_json(ran.out);
    std::vector<std::string> out;
    EXPECT_TRUE(value) << ran.out << ran.err;
    if (!value) return out;
    bool wrong = false;
    for (const auto& finding : value->at("findings").as_array()) {
      wrong = wrong || !finding.at("ok").as_bool();
      out.push_back((finding.at("ok").as_bool() ? "ok " : "WRONG ") + std::string(finding.at("subject").as_string()) +
                    ": " + std::string(finding.at("message").as_string()));
    }
    EXPECT_EQ(ran.code, wrong ? 1 : 0);
    return out;
  }
  void host_runs(host_api::Plugins plugins, lifecycle::Containers agents) {
    host_.answer(host_api::kPlugins, std::move(plugins));
    host_.answer(host_api::kHealth, {.connections = 1, .calls_in_flight = 1});
    host_.answer(lifecycle::kList, std::move(agents));
  }
  /// One that should run.
  static lifecycle::Container agent(const std::string& name, runtime::State state) {
    return {.name = name, .incarnation = "1", .state = state, .desired = lifecycle::Desired::running, .since = kNoon};
  }
};

TEST_F(DoctorTest, AFreshRootHasNothingWrongInIt) {
  EXPECT_THAT(findings(), Contains("ok folders: owners and modes are right"));
  EXPECT_THAT(findings(), Contains(HasSubstr("no host runs on " + root_.string())));
}

TEST_F(DoctorTest, SaysHowMuchRoomThereIs) {
  EXPECT_THAT(findings(), Contains(HasSubstr(" MiB are free where " + root_.string() + " lies")));
}

TEST_F(DoctorTest, NoRootIsAnError) {
  const auto ran = run_command(root_ / "nowhere", {"doctor"});
  EXPECT_EQ(ran.code, 66);
  EXPECT_THAT(ran.err, HasSubstr("there is no hive"));
}

TEST_F(DoctorTest, ModesThatLetOthersInAreNamedWithTheirRemedy) {
  const auto path = folder("logins/alice", 0755);
  folder("agents/alice/state", 0700);
  ::chmod((root_ / "logins").c_str(), 0700);
  ::chmod((root_ / "agents").c_str(), 0750);
  EXPECT_THAT(findings(), Contains(HasSubstr("`chmod 0700 " + path.string() + "`")));
  ::chmod(path.c_str(), 0700);
  EXPECT_THAT(findings(), Contains("ok folders: owners and modes are right"));
}

TEST_F(DoctorTest, ALinkInPlaceOfAFolderIsRefused) {
  std::filesystem::create_directory_symlink("/tmp", root_ / "logins");
  EXPECT_THAT(findings(), Contains(HasSubstr("logins is a link")));
}

TEST_F(DoctorTest, ADamagedFileOfTheClisIsFound) {
  const auto file = folder("logins/alice", 0700) / ".claude.json";
  ::chmod((root_ / "logins").c_str(), 0711);
  for (const auto& damage :
       {std::string(), std::string(R"({"a":)"), std::string(R"({"a":1}})"), std::string(9, '\0')}) {
    std::ofstream(file, std::ios::trunc) << damage;
    EXPECT_THAT(findings(), Contains(HasSubstr("WRONG logins: " + file.string() + " is damaged"))) << damage;
  }
  for (const auto* whole : {"{\n  \"a\": \"\\ud83d}\"\n}\n", "[]"}) {
    std::ofstream(file, std::ios::trunc) << whole;
    EXPECT_THAT(findings(), Contains("ok logins: the Claude CLI's own file is intact for 1 agent")) << whole;
  }
}

TEST_F(DoctorTest, ADamagedDatabaseIsFound) {
  std::ofstream(root_ / "broker.sqlite") << std::string(4'096, 'x');
  ::chmod((root_ / "broker.sqlite").c_str(), 0600);
  EXPECT_THAT(findings(), Contains(HasSubstr("WRONG databases: ")));
  EXPECT_TRUE(std::filesystem::exists(root_ / "broker.sqlite")) << "doctor only looks";
}

TEST_F(DoctorTest, ADeployedConfigurationThatCannotBeReadIsFound) {
  folder("applied/alice", 0750);
  EXPECT_THAT(findings(), Contains(HasSubstr("WRONG repositories: " + (root_ / "applied/alice").string())));
}

TEST_F(DoctorTest, AProcessWithoutItsSupervisorIsFound) {
  folder("run/supervisors", 0700);
  std::ifstream boot("/proc/sys/kernel/random/boot_id"), self("/proc/self/stat");
  std::string boot_id, stat;
  std::getline(boot, boot_id), std::getline(self, stat);
  std::istringstream fields(stat.substr(stat.rfind(')') + 2));  // from field 3; the start time is field 22
  std::string start;
  for (int i = 3; i <= 22; ++i) fields >> start;
  std::ofstream(root_ / "run/supervisors/alice.lock");
  std::ofstream(root_ / "run/supervisors/alice.json")
      << R"({"boot_id":")" << boot_id << R"(","pid":)" << ::getpid() << R"(,"start_time":)" << start << "}";
  EXPECT_THAT(findings(),
              Contains(HasSubstr("alice runs as pid " + std::to_string(::getpid()) + " without a supervisor")));
}

TEST_F(DoctorTest, AHostTellsWhatOfItDoesNotRun) {
  auto alice = agent("alice", runtime::State::stopped);
  alice.needs_login = true, alice.reason = "it exited with 1";
  using host_api::PluginState;
  host_runs({{{.id = "broker", .version = "1", .state = PluginState::faulted, .reason = "no disk"},
              {.id = "turns", .version = "1", .state = PluginState::running}}},
            {{alice}});
  start();
  const auto found = findings();
  EXPECT_THAT(found, Contains(HasSubstr("WRONG plugins: broker is faulted: no disk")));
  EXPECT_THAT(found, Contains(HasSubstr("WRONG agents: alice should run and is stopped: it exited with 1")));
  EXPECT_THAT(found, Contains(HasSubstr("alice has no login")));
}

TEST_F(DoctorTest, APageThatIsNotServedIsFoundWithItsReason) {
  host_runs({}, {});
  host_.answer(http_api::kServing, {.address = "127.0.0.1", .port = 7000, .reason = "the port is taken"});
  start();
  EXPECT_THAT(findings(), Contains("WRONG page: the operator's page is not served: the port is taken"));
}

TEST_F(DoctorTest, AnAgentWithoutASandboxIsWrongAndOneWithAPartIsNoted) {
  auto alice = agent("alice", runtime::State::running), bob = agent("bob", runtime::State::running);
  alice.sandbox = runtime::SandboxLevel{runtime::Sandbox::none, {"no namespaces: EPERM"}};
  bob.sandbox = runtime::SandboxLevel{runtime::Sandbox::partial, {"no cgroup"}};
  host_runs({}, {{alice, bob}});
  start();
  const auto found = findings();
  EXPECT_THAT(found, Contains(::testing::StartsWith("WRONG sandbox: alice without any (level none)")));
  EXPECT_THAT(found, Contains("ok sandbox: no namespaces: EPERM (alice)"));
  EXPECT_THAT(found, Contains("ok sandbox: no cgroup (bob)"));
}

TEST_F(DoctorTest, AnImpostorOnTheSocketIsFound) {
  host_runs({}, {});
  start();
  EXPECT_THAT(findings(), Contains(HasSubstr("does not hold the root's lock")));
}

/// A port of this machine that takes connections; each is sent `answer` and closed.
class Listener {
 public:
  explicit Listener(std::string answer = "") : answer_(std::move(answer)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_.get(), 8), 0);
    ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~Listener() { close(); }
  void close() {
    ::shutdown(socket_.get(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    socket_.reset();
  }
  const std::string& port() const { return port_; }
  const std::string& heard() const { return heard_; }  // after close

 private:
  void serve() {
    for (;;) {
      const os::Fd taken(::accept(socket_.get(), nullptr, nullptr));
      if (!taken) return;
      char block[2'048];
      const auto got = answer_.empty() ? 0 : ::recv(taken.get(), block, sizeof block, 0);
      heard_.append(block, got > 0 ? std::size_t(got) : 0);
      (void)!::send(taken.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
    }
  }

  os::Fd socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::string answer_, port_, heard_;
  std::thread thread_;
};

TEST_F(DoctorTest, TriesTheAddressOfTheModel) {
  Listener listener;
  const auto toml = "[claude]\nbase_url = \"http://127.0.0.1:" + listener.port() + "/{{name}}\"\n";
  std::ofstream(root_ / "hive.toml") << toml;
  EXPECT_THAT(findings(), Contains("ok [claude] base_url: 127.0.0.1:" + listener.port() + " can be reached"));
  listener.close();
  EXPECT_THAT(findings(), Contains(::testing::AllOf(HasSubstr("WRONG [claude] base_url: 127.0.0.1:" + listener.port() +
                                                              " takes no connection (Connection refused)"),
                                                    HasSubstr("correct [claude] base_url"))));
  std::ofstream(root_ / "hive.toml") << "[claude]\nbase_url = \"ftp://x\"\n";
  EXPECT_THAT(findings(), Contains(HasSubstr("WRONG [claude] base_url: is not an address")));
}

TEST_F(DoctorTest, AsksTheProxyForTheWayAndShowsNoPassword) {
  const auto toml = [](const Listener& proxy) {
    return "[claude]\nbase_url = \"https://model.example/v1\"\nhttps_proxy = \"http://user:h%20ush@127.0.0.1:" +
           proxy.port() + "\"\n";
  };
  Listener open("HTTP/1.1 200 Connection established\r\n\r\n"),
      closed("HTTP/1.1 407 Proxy Authentication Required\r\n");
  std::ofstream(root_ / "hive.toml") << toml(open);
  EXPECT_THAT(
      findings(),
      Contains("ok [claude] base_url: model.example:443 can be reached through the proxy 127.0.0.1:" + open.port()));
  open.close();
  EXPECT_THAT(open.heard(), HasSubstr("CONNECT model.example:443 HTTP/1.1\r\n"));
  EXPECT_THAT(open.heard(), HasSubstr("Proxy-Authorization: Basic dXNlcjpoIHVzaA==\r\n"));
  std::ofstream(root_ / "hive.toml") << toml(closed);
  const auto found = findings();
  EXPECT_THAT(found, Contains(HasSubstr("opens no way to model.example:443 (it says: HTTP/1.1 407")));
  EXPECT_THAT(found, Not(Contains(HasSubstr("ush@"))));
}

TEST_F(DoctorTest, AWrongConfigurationIsOneFindingOfMany) {
  std::ofstream(root_ / "hive.toml") << "[host]\nlog_levle = \"info\"\n";
  const auto found = findings();
  EXPECT_THAT(found, Contains(::testing::AllOf(HasSubstr("WRONG config: "), HasSubstr("log_level"))));
  EXPECT_THAT(found, Contains("ok folders: owners and modes are right"));
}

}  // namespace
}  // namespace hive::host::cli
