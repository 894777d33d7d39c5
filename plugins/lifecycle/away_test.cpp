// The runtime is away when an agent ends: it is started again all the same.
#include "testing/lifecycle_fixture.hpp"

namespace hive::lifecycle {
namespace {

using runtime::State;
using ::testing::HasSubstr;

constexpr None kNothing;

class AwayTest : public LifecycleFixture {
 protected:
  void SetUp() override {
    load();
    given_alice();
  }
  void end_of_alice() { runtime_.boxes["alice"].state = State::stopped; }
  void runtime_goes() {
    for (const auto method : {runtime::kStatus.name, runtime::kStart.name, runtime::kActive.name})
      host_->remove_fake(method);
  }
  void runtime_comes() { runtime_.serve(*host_); }
  void expect_started_again() {
    host_->advance(std::chrono::minutes(3));
    EXPECT_EQ(view("alice").state, State::running);
    EXPECT_EQ(runtime_.boxes["alice"].state, State::running);
  }
};

TEST_F(AwayTest, WhenItGoesAsTheAgentEnds) {
  runtime_goes();
  crash("alice");
  host_->advance(std::chrono::seconds(10));
  runtime_comes();
  expect_started_again();
}

TEST_F(AwayTest, WhenItGoesBeforeTheAgentIsStartedAgain) {
  crash("alice");
  runtime_goes();
  host_->advance(std::chrono::seconds(30));
  runtime_comes();
  expect_started_again();
}

TEST_F(AwayTest, WhenItGoesInTheMiddleOfTheStart) {
  crash("alice");
  runtime_.around = [this] {
    if (!runtime_.calls.empty() && runtime_.calls.back() == "start alice") host_->remove_fake(runtime::kStatus.name);
  };
  runtime_.start_fails = error(Code::unavailable, "the runtime went away");
  host_->advance(std::chrono::seconds(5));
  runtime_.around = [] {};
  runtime_.start_fails.reset();
  runtime_comes();
  expect_started_again();
}

TEST_F(AwayTest, WhenNobodySaysThatTheAgentEnded) {
  end_of_alice();
  expect_started_again();
}

TEST_F(AwayTest, WhenALookThatWasForSomethingElseFindsIt) {
  end_of_alice();
  ASSERT_TRUE(host_->call("plugin:crash_watch", kRescan, kNothing));
  host_->advance(std::chrono::seconds(1));
  EXPECT_EQ(runtime_.count("start alice"), 1);
}

TEST_F(AwayTest, NobodyIsStartedAgainWhoIsLeftStopped) {
  for (int i = 0; i < 6; ++i) {
    crash("alice");
    host_->advance(std::chrono::seconds(60));
  }
  ASSERT_EQ(runtime_.count("start alice"), 5);
  host_->advance(std::chrono::hours(1));
  EXPECT_EQ(runtime_.count("start alice"), 5);
  EXPECT_THAT(view("alice").reason.value_or(""), HasSubstr("is left stopped"));
}

TEST_F(AwayTest, NobodyIsStartedWhoIsToBeStopped) {
  ASSERT_TRUE(ask(kStop, {"alice"}));
  host_->advance(std::chrono::hours(1));
  EXPECT_EQ(runtime_.count("start alice"), 0);
}

}  // namespace
}  // namespace hive::lifecycle
