#include <gmock/gmock.h>

#include "testing/turns_fixture.hpp"

namespace hive::turns {
namespace {

using ::testing::IsEmpty;

TEST_F(TurnsTest, KeysOfAPurgedAgentAreForgotten) {
  given_report("agent:alice", TurnState::idle);
  const GiveCommand typed{.name = "bob", .kind = CommandKind::operator_message, .text = "hello", .key = "k"};
  const auto first = host_->call("operator", kCommand, typed);
  ASSERT_TRUE(first);
  host_->emit(lifecycle::kContainerRemoved, {"bob", "first", true});
  const auto to_another = host_->call("operator", kCommand, typed);
  ASSERT_TRUE(to_another);
  EXPECT_GT(to_another->id, first->id);
}

TEST_F(TurnsTest, WhatWaitsForADestroyedAgentIsKeptWithItsState) {
  const GiveCommand typed{.name = "bob", .kind = CommandKind::operator_message, .text = "hello"};
  ASSERT_TRUE(host_->call("operator", kCommand, typed));
  given_report("agent:bob", TurnState::idle);
  host_->emit(lifecycle::kContainerRemoved, {"bob", "first", false});
  EXPECT_THAT(host_->call("operator", kList, kNothing)->agents, IsEmpty());
  restart();
  host_->emit(lifecycle::kContainerChanged, {container("bob", "first")});
  const auto taken = host_->call("agent:bob", kCommands, TakeCommands{.after = 0});
  ASSERT_EQ(taken->commands.size(), 1u);
  EXPECT_EQ(taken->commands[0].text, "hello");
}

/// What bob's next incarnation would find of the one before.
class AnotherBobTest : public TurnsTest {
 protected:
  void SetUp() override {
    load();
    given_report("agent:bob", TurnState::idle);
    ASSERT_TRUE(host_->call("operator", kPause, PauseTarget{"bob"}));
    first_ = *host_->call("operator", kCommand, typed_);
  }
  void expect_nothing_of_the_first() {
    EXPECT_THAT(host_->call("operator", kList, kNothing)->agents, IsEmpty());
    EXPECT_FALSE(is_paused("agent:bob"));
    const auto taken = host_->call("agent:bob", kCommands, TakeCommands{.after = 0});
    EXPECT_THAT(taken->commands, IsEmpty());
    EXPECT_GT(host_->call("operator", kCommand, typed_)->id, first_.id);
  }
  const GiveCommand typed_{.name = "bob", .kind = CommandKind::operator_message, .text = "hello", .key = "k"};
  Given first_;
};

TEST_F(AnotherBobTest, GetsNothingWhenItIsMetInAnEvent) {
  host_->emit(lifecycle::kContainerChanged, {container("bob", "second")});
  expect_nothing_of_the_first();
}

TEST_F(AnotherBobTest, GetsNothingWhenItCameWhileThePluginWasAway) {
  containers_ = {{container("bob", "second")}};
  restart();
  expect_nothing_of_the_first();
}

TEST_F(AnotherBobTest, GetsNothingWhenLifecycleAnswersOnlyLater) {
  host_.reset();
  host_ = std::make_unique<testing::TestHost>(folder_.path().string());
  ASSERT_TRUE(host_->load<Turns>());
  containers_ = {{container("bob", "second")}};
  host_->fake(lifecycle::kList, [this](None) -> Result<lifecycle::Containers> { return containers_; });
  host_->advance(std::chrono::seconds(10));
  expect_nothing_of_the_first();
}

TEST_F(AnotherBobTest, WhoIsTheSameKeepsAll) {
  restart();
  EXPECT_EQ(host_->call("operator", kList, kNothing)->agents.size(), 1u);
  EXPECT_TRUE(is_paused("agent:bob"));
  EXPECT_EQ(host_->call("operator", kCommand, typed_)->id, first_.id);
}

TEST_F(TurnsTest, NothingIsLeftOfAPurgedAgent) {
  given_report("agent:alice", TurnState::idle);
  ASSERT_TRUE(host_->call("operator", kPause, PauseTarget{"alice"}));
  auto parked = host_->begin("agent:alice", kCommands, TakeCommands{.after = 1, .wait_seconds = 180});
  host_->emit(lifecycle::kContainerRemoved, {"alice", "first", true});
  EXPECT_TRUE(parked.settled());
  restart();
  EXPECT_THAT(host_->call("operator", kList, kNothing)->agents, IsEmpty());
  EXPECT_FALSE(is_paused("agent:alice"));
}

}  // namespace
}  // namespace hive::turns
