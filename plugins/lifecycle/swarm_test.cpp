#include "swarm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hive::lifecycle {
namespace {

using ::testing::ElementsAre;

class SwarmTest : public ::testing::Test {
 protected:
  Agent& given_running(const std::string& name) {
    auto& agent = swarm_.add(name);
    agent.desired = Desired::running;
    agent.seen.state = runtime::State::running;
    return agent;
  }

  std::vector<std::string> shown_;
  Swarm swarm_{RestartLimits{}, [this](const ContainerEvent& event) { shown_.push_back(event.container.name); }};
};

TEST_F(SwarmTest, TheManagerComesFirst) {
  for (const auto* name : {"zoe", "manager", "alice"}) swarm_.add(name);
  EXPECT_THAT(swarm_.names(), ElementsAre("manager", "alice", "zoe"));
}

TEST_F(SwarmTest, ShowsAnAgentOnlyWhenItShowsOtherwise) {
  auto& alice = given_running("alice");
  swarm_.show("alice"), swarm_.show("alice");
  EXPECT_THAT(shown_, ElementsAre("alice"));
  alice.look_waits = true;  // which nobody sees
  swarm_.show("alice");
  alice.logged_in = false;
  swarm_.show("alice");
  EXPECT_THAT(shown_, ElementsAre("alice", "alice"));
}

TEST_F(SwarmTest, WhatTurnsReportShowsWhileTheAgentRuns) {
  auto& alice = given_running("alice");
  alice.report = turns::Report{};
  alice.report->state = turns::TurnState::thinking;
  EXPECT_EQ(swarm_.view("alice").status, "thinking");
  alice.seen.state = runtime::State::stopped;
  EXPECT_EQ(swarm_.view("alice").status, std::nullopt);
}

TEST_F(SwarmTest, AnAgentEndedAgainstDesiredUnlessSomethingIsDoneToItOrItIsLeftSo) {
  auto& alice = given_running("alice");
  EXPECT_FALSE(alice.ended_against_desired());
  alice.seen.state = runtime::State::stopped;
  EXPECT_TRUE(alice.ended_against_desired());
  alice.action = Action{};
  EXPECT_FALSE(alice.ended_against_desired());
  alice.action.reset();
  alice.left_stopped = true;
  EXPECT_FALSE(alice.ended_against_desired());
}

}  // namespace
}  // namespace hive::lifecycle
