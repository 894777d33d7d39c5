// The seam to the system's processes, with real ones.
#include <hive/os/processes.hpp>
#include <hive/os/wait.hpp>

#include <gmock/gmock.h>

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <vector>

namespace hive::os {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ProcessesTest : public ::testing::Test {
 protected:
  ProcessesTest() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }
  ~ProcessesTest() override { kill_all_children(); }

  /// A child whose standard output is the last of `outputs`: all are kept, for tail(1) ends with its reader.
  Child run(const std::string& script) {
    auto out = make_pipe();
    auto child = processes.start(
        {.argv = {"/bin/sh", "-c", script}, .environment = {"PATH=/usr/bin:/bin"}, .out = out->second.get()});
    EXPECT_TRUE(child) << child.error().message;
    outputs.push_back(std::move(out->first));
    return std::move(*child);
  }
  bool has_spoken() { return wait_readable(outputs.back().get(), 60s) == Waited::ready; }

  Processes processes;
  std::vector<Fd> outputs;
};

TEST_F(ProcessesTest, ASignalReachesAChild) {
  const auto child = run("echo ready; exec tail -f /dev/null");
  ASSERT_TRUE(has_spoken());
  EXPECT_TRUE(processes.signal(child, SIGTERM));
  EXPECT_EQ(processes.wait_for(child).signal, SIGTERM);
}

TEST_F(ProcessesTest, AChildsExitCodeIsTold) {
  const auto child = run("exit 3");
  const auto ending = processes.wait_for(child);
  EXPECT_TRUE(ending.exited);
  EXPECT_EQ(ending.code, 3);
}

TEST_F(ProcessesTest, WhatAChildLeftBehindIsKilledToo) {
  const auto child = run("setsid tail -f /dev/null & setsid sh -c 'tail -f /dev/null & tail -f /dev/null' & echo done");
  ASSERT_TRUE(has_spoken());
  processes.wait_for(child);
  EXPECT_EQ(processes.kill_children(), 0u);
  EXPECT_THAT(children_of(::getpid()), IsEmpty());
}

TEST_F(ProcessesTest, ZombiesOfOthersAreReapedAndTheKeptOneIsNot) {
  const auto kept = run("exec tail -f /dev/null");
  const auto other = run("exit 0");
  ASSERT_EQ(wait_readable(other.pidfd.get(), 60s), Waited::ready);
  reap_others(kept.pid);
  EXPECT_THAT(children_of(::getpid()), ElementsAre(kept.pid));
}

TEST_F(ProcessesTest, ThatItHasEndedItselfIsLeftToWhoKeepsIt) {
  const auto kept = run("exit 7");
  ASSERT_EQ(wait_readable(kept.pidfd.get(), 60s), Waited::ready);
  reap_others(kept.pid);
  EXPECT_EQ(processes.wait_for(kept).code, 7);
}

}  // namespace
}  // namespace hive::os
