#pragma once
#include "turns.hpp"

#include <hive/testing/temporary_folder.hpp>
#include <hive/testing/test_host.hpp>

#include <gtest/gtest.h>

#include <memory>

namespace hive::turns {

inline constexpr None kNothing;

inline Report report_of(TurnState state, std::int64_t since = 1) {
  return {.status = Status::online, .state = state, .since = Time{since}, .model = "haiku"};
}

/// For tests of the plugin: it runs in a host that the test plays, over files that outlive a restart.
class TurnsTest : public ::testing::Test {
 protected:
  void SetUp() override { load(); }

  void load() {
    host_ = std::make_unique<testing::TestHost>(folder_.path().string());
    host_->fake(lifecycle::kList, [this](None) -> Result<lifecycle::Containers> { return containers_; });
    const auto loaded = host_->load<Turns>();
    ASSERT_TRUE(loaded) << loaded.error().message;
  }
  /// The same files with a new host, as after a restart.
  void restart() {
    host_.reset();
    load();
  }
  void given_report(const std::string& principal, TurnState state, std::int64_t since = 1) {
    auto report = report_of(state, since);
    if (state == TurnState::thinking) report.turn = 7;
    const auto done = host_->call(principal, kReport, report);
    ASSERT_TRUE(done) << done.error().message;
  }
  Result<Given> give(const std::string& name, CommandKind kind) {
    const GiveCommand command{.name = name, .kind = kind};
    return host_->call("operator", kCommand, command);
  }
  /// Kinds that wait for alice, without acknowledging any.
  std::vector<CommandKind> waiting(std::int64_t after = 0) {
    std::vector<CommandKind> kinds;
    const auto taken = host_->call("agent:alice", kCommands, TakeCommands{.after = after});
    EXPECT_TRUE(taken) << taken.error().message;
    if (taken)
      for (const auto& command : taken->commands) kinds.push_back(command.kind);
    return kinds;
  }
  /// Ids of the rows that the list lacks.
  std::vector<std::string> left_out() {
    std::vector<std::string> ids;
    const auto all = host_->call("operator", kList, kNothing);
    for (const auto& row : all->unreadable.value_or(std::vector<Unreadable>())) ids.push_back(row.id);
    return ids;
  }
  bool is_paused(const std::string& principal) { return host_->call(principal, kGate, kNothing)->paused; }

  static lifecycle::Container container(const std::string& name, const std::string& incarnation) {
    return {.name = name, .incarnation = incarnation, .state = runtime::State::running};
  }

  testing::TemporaryFolder folder_;
  lifecycle::Containers containers_{{container("bob", "first")}};
  std::unique_ptr<testing::TestHost> host_;
};

}  // namespace hive::turns
