#include "testing/hive.hpp"

#include "supervisor/plan.hpp"

#include <hive/os/files.hpp>
#include <hive/os/lock.hpp>

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hive::runtime_local {
namespace {

using runtime::State;
using ::testing::HasSubstr;

constexpr const char* kForever = "echo up; exec sleep 1000\n";

class RuntimeLocalLife : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(hive_.loaded()) << hive_.loaded().error().message; }

  pid_t supervisor_of(const std::string& name) {
    const auto folder = os::open_folder(hive_.root() / "run/supervisors");
    return os::lock_holder(folder->get(), name + ".lock");
  }
  os::Identity agent_of(const std::string& name) {
    const auto text = os::read_file(hive_.root() / "run/supervisors" / (name + ".json"));
    const auto record = decode_text<supervisor::Record>(text ? *text : "", Unknown::ignore);
    return record ? record->identity() : os::Identity{};
  }
  /// Everything that runs in the agent's container, from the machine's side.
  std::vector<os::Identity> processes_of(const std::string& name) {
    std::vector<os::Identity> out{agent_of(name)};
    for (std::size_t i = 0; i < out.size(); ++i)
      for (const auto child : os::children_of(out[i].pid)) out.push_back(os::identity_of(child));
    return out;
  }
  void expect_gone(const std::vector<os::Identity>& processes) {
    for (const auto& process : processes) EXPECT_FALSE(os::open_process(process)) << "pid " << process.pid;
  }

  Hive hive_;
};

TEST_F(RuntimeLocalLife, StartsAndStopsAndLeavesNothing) {
  ASSERT_TRUE(hive_.add("alice", kForever));
  const auto started = hive_.start("alice");
  ASSERT_TRUE(started) << started.error().message;
  EXPECT_EQ(started->state, State::running) << started->reason.value_or("");
  EXPECT_TRUE(hive_.shows("alice", "up"));
  const auto processes = processes_of("alice");
  EXPECT_GE(processes.size(), 3u);
  const auto record = os::read_file(hive_.root() / "run/supervisors/alice.json");
  const auto cgroup = decode_text<supervisor::Record>(*record, Unknown::ignore)->cgroup;

  const auto stopped = hive_.stop("alice");
  ASSERT_TRUE(stopped) << stopped.error().message;
  EXPECT_EQ(stopped->state, State::stopped);
  EXPECT_FALSE(stopped->reason);
  expect_gone(processes);
  EXPECT_EQ(supervisor_of("alice"), 0);
  EXPECT_FALSE(std::filesystem::exists(hive_.root() / "run/supervisors/alice.sock"));
  if (!cgroup.empty()) {
    EXPECT_FALSE(std::filesystem::exists(cgroup));
    EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(cgroup).parent_path()));
  }
}

TEST_F(RuntimeLocalLife, AStartWhileItStopsWaitsForTheEnd) {
  ASSERT_TRUE(hive_.add("alice", "trap 'sleep 1; exit 0' TERM; echo up; while :; do sleep 0.05; done\n"));
  ASSERT_TRUE(hive_.start("alice"));
  ASSERT_TRUE(hive_.shows("alice", "up"));
  auto stopping = hive_.begin_stop("alice", 20);
  const auto before = agent_of("alice");
  const auto started = hive_.start("alice");
  ASSERT_TRUE(started) << started.error().message;
  EXPECT_EQ(started->state, State::running);
  EXPECT_NE(agent_of("alice").pid, before.pid);
  EXPECT_TRUE(stopping.get<runtime::Container>());
}

TEST_F(RuntimeLocalLife, AGracefulEndIsWaitedForAndAStubbornOneIsKilled) {
  ASSERT_TRUE(hive_.add("alice", "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done\n"));
  ASSERT_TRUE(hive_.start("alice"));
  ASSERT_TRUE(hive_.shows("alice", "up"));
  ASSERT_TRUE(hive_.stop("alice"));
  EXPECT_THAT(hive_.output("alice"), HasSubstr("bye"));

  hive_.set_script("alice", "trap '' TERM; echo deaf; while :; do sleep 0.05; done\n");
  ASSERT_TRUE(hive_.start("alice"));
  ASSERT_TRUE(hive_.shows("alice", "deaf"));
  const auto processes = processes_of("alice");
  const auto stopped = hive_.stop("alice", 0);
  EXPECT_EQ(stopped->state, State::stopped);
  expect_gone(processes);
}

TEST_F(RuntimeLocalLife, WhatEndsAtOnceIsReportedWithItsLastWords) {
  ASSERT_TRUE(hive_.add("alice", "echo no such thing >&2; exit 3\n"));
  const auto started = hive_.start("alice");
  ASSERT_TRUE(started);
  ASSERT_TRUE(hive_.becomes("alice", State::stopped));
  EXPECT_THAT(hive_.status("alice").reason.value_or(""), HasSubstr("code 3"));
  EXPECT_THAT(hive_.output("alice"), HasSubstr("no such thing"));
}

TEST_F(RuntimeLocalLife, ADaemonInTheContainerDiesWithIt) {
  ASSERT_TRUE(hive_.add("alice", "setsid sleep 1000 & setsid setsid sleep 1001 & echo up; exec sleep 1002\n"));
  ASSERT_TRUE(hive_.start("alice"));
  ASSERT_TRUE(hive_.shows("alice", "up"));
  const auto processes = processes_of("alice");
  ASSERT_TRUE(hive_.stop("alice"));
  expect_gone(processes);
}

TEST_F(RuntimeLocalLife, AKilledAgentIsReportedStoppedWithTheReason) {
  ASSERT_TRUE(hive_.add("alice", kForever));
  ASSERT_TRUE(hive_.start("alice"));
  ASSERT_TRUE(os::end_process(agent_of("alice")));
  ASSERT_TRUE(hive_.becomes("alice", State::stopped));
  EXPECT_EQ(hive_.status("alice").reason, "it was killed by signal 9");
  const auto again = hive_.start("alice");
  EXPECT_EQ(again->state, State::running);
}

TEST_F(RuntimeLocalLife, AKilledSupervisorTakesItsAgentAlong) {
  ASSERT_TRUE(hive_.add("alice", "setsid sleep 1000 & echo up; exec sleep 1001\n"));
  ASSERT_TRUE(hive_.start("alice"));
  ASSERT_TRUE(hive_.shows("alice", "up"));
  const auto processes = processes_of("alice");
  ASSERT_TRUE(os::end_process(os::identity_of(supervisor_of("alice"))));
  ASSERT_TRUE(hive_.becomes("alice", State::stopped));
  EXPECT_EQ(hive_.status("alice").reason, "its supervisor was killed");
  expect_gone(processes);
  EXPECT_EQ(hive_.start("alice")->state, State::running);
}

TEST_F(RuntimeLocalLife, AnAgentOutlivesItsHostAndIsAdopted) {
  ASSERT_TRUE(hive_.add("alice", kForever));
  ASSERT_TRUE(hive_.start("alice"));
  const auto agent = agent_of("alice");
  const auto supervisor = supervisor_of("alice");
  hive_.unload();
  EXPECT_TRUE(os::open_process(agent));
  hive_.load();
  EXPECT_EQ(hive_.status("alice").state, State::running);
  EXPECT_EQ(supervisor_of("alice"), supervisor);
  EXPECT_TRUE(hive_.status("alice").sandbox);
  EXPECT_EQ(hive_.start("alice")->state, State::running);
  EXPECT_EQ(supervisor_of("alice"), supervisor);
  ASSERT_TRUE(hive_.stop("alice"));
  EXPECT_FALSE(os::open_process(agent));
}

TEST_F(RuntimeLocalLife, AnAgentOutlivesAHostThatIsKilled) {
  ASSERT_TRUE(hive_.add("alice", kForever));
  hive_.unload();
  const pid_t killed = ::fork();
  if (killed == 0) {  // a host of its own, killed while its agent runs
    hive_.load();
    const bool runs = hive_.start("alice") && hive_.status("alice").state == State::running;
    ::kill(::getpid(), runs ? SIGKILL : SIGTERM);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(killed, &status, 0), killed);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  hive_.load();
  EXPECT_EQ(hive_.status("alice").state, State::running);
  EXPECT_TRUE(hive_.shows("alice", "up"));
  EXPECT_TRUE(hive_.stop("alice"));
}

TEST_F(RuntimeLocalLife, WhatEndedWhileNoHostRanIsFound) {
  ASSERT_TRUE(hive_.add("alice", kForever));
  ASSERT_TRUE(hive_.add("bob", kForever));
  ASSERT_TRUE(hive_.start("alice"));
  ASSERT_TRUE(hive_.start("bob"));
  const auto processes = processes_of("bob");
  const auto supervisor = os::identity_of(supervisor_of("bob"));
  hive_.unload();
  os::end_process(agent_of("alice"));
  os::end_process(supervisor);
  hive_.load();
  ASSERT_TRUE(hive_.becomes("alice", State::stopped));
  EXPECT_EQ(hive_.status("bob").state, State::stopped);
  EXPECT_EQ(hive_.status("bob").reason, "its supervisor was killed");
  expect_gone(processes);
}

TEST_F(RuntimeLocalLife, ShutdownWithAgentsStopsAllAndStartsNone) {
  for (const char* name : {"alice", "bob"}) {
    ASSERT_TRUE(hive_.add(name, kForever));
    ASSERT_TRUE(hive_.start(name));
  }
  ASSERT_TRUE(hive_.host().call("plugin:host", runtime::kBeforeStop, host_api::Stopping{.agents = true}));
  for (const char* name : {"alice", "bob"}) EXPECT_EQ(supervisor_of(name), 0) << name;
  EXPECT_EQ(hive_.start("alice").error().code, Code::unavailable);
}

TEST_F(RuntimeLocalLife, ABadConfigurationIsRefusedWithFileLineAndKey) {
  const auto odd = hive_.prepare("alice", "model = \"sonnet\"\nmodle = \"x\"\n");
  ASSERT_FALSE(odd);
  EXPECT_EQ(odd.error().code, Code::invalid_params);
  EXPECT_THAT(odd.error().message, HasSubstr(":2: modle"));
  EXPECT_THAT(hive_.prepare("alice", "[network]\negress = [\"a:1\"]\n").error().message, HasSubstr("network.egress"));
  const auto inside = "[[mount]]\nsource = \"" + hive_.root().string() + "\"\ntarget = \"/mnt/x\"\nmode = \"ro\"\n";
  EXPECT_THAT(hive_.prepare("alice", inside).error().message, HasSubstr("outside the hive's own root"));
  EXPECT_EQ(hive_.start("alice").error().code, Code::not_found) << "nothing was activated";
}

TEST_F(RuntimeLocalLife, DestroyWantsAStoppedContainerAndPurgeLeavesNothing) {
  ASSERT_TRUE(hive_.add("alice", kForever));
  ASSERT_TRUE(hive_.start("alice"));
  const auto destroy = [&](bool purge) {
    return hive_.host().call(Hive::kLifecycle, runtime::kDestroy, runtime::Destroy{"alice", purge});
  };
  EXPECT_EQ(destroy(false).error().code, Code::conflict);
  ASSERT_TRUE(hive_.stop("alice"));
  ASSERT_TRUE(destroy(false));
  EXPECT_EQ(hive_.status("alice").state, State::absent);
  EXPECT_TRUE(std::filesystem::exists(hive_.state_of("alice")));
  ASSERT_TRUE(destroy(true));
  for (const char* folder : {"agents", "logins", "logs", "applied", "shared", "generations", "run/agents"})
    EXPECT_FALSE(std::filesystem::exists(hive_.root() / folder / "alice")) << folder;
}

TEST_F(RuntimeLocalLife, OutputIsAnnouncedAndReadByCursor) {
  ASSERT_TRUE(hive_.add("alice", "i=0; while [ $i -lt 300 ]; do echo line $i; i=$((i+1)); done; exec sleep 1000\n"));
  ASSERT_TRUE(hive_.start("alice"));
  ASSERT_TRUE(hive_.shows("alice", "line 299"));
  ASSERT_TRUE(hive_.host().run_until([&] { return !hive_.host().published(runtime::kOutput).empty(); }));
  const auto page =
      hive_.host().call(Hive::kLifecycle, runtime::kLogs, runtime::ReadLogs{.name = "alice", .after = 10, .lines = 5});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->lines.size(), 5u);
  EXPECT_EQ(page->lines[0].cursor, 11);
  EXPECT_EQ(page->cursor, 15);
}

}  // namespace
}  // namespace hive::runtime_local
