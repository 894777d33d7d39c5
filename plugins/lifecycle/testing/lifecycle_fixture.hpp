#pragma once
#include "fake_broker.hpp"
#include "fake_runtime.hpp"

#include <hive/testing/manual_clock.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>

namespace hive::lifecycle {

/// The plugin with a fake runtime and broker, in a folder of its own.
class LifecycleFixture : public ::testing::Test {
 protected:
  void load(std::string_view settings = R"({"manager": false})") {
    host_ = std::make_unique<testing::TestHost>(folder_.path().string());
    runtime_.serve(*host_);
    broker_.serve(*host_);
    host_->fake(turns::kList, [this](None) -> Result<turns::AllTurns> { return reports_; });
    host_->fake(host_api::kPlugins, [](None) -> Result<host_api::Plugins> {
      host_api::Plugin broker;
      broker.id = "broker";
      return host_api::Plugins{{broker}};
    });
    const auto loaded = host_->load<Lifecycle>(settings);
    ASSERT_TRUE(loaded) << loaded.error().message;
    host_->settle();
  }
  void restart(std::string_view settings = R"({"manager": false})") {
    host_.reset();
    load(settings);
  }

  template <class P>
  Result<Accepted> ask(const Method<P, Accepted>& method, const P& params, std::string_view who = "operator") {
    return host_->call(who, method, params);
  }
  Result<Accepted> spawn(const std::string& name) { return ask(kSpawn, Spawn{.name = name}); }
  /// alice runs, and nothing that happened on the way counts.
  void given_alice() {
    const auto spawned = spawn("alice");
    ASSERT_TRUE(spawned) << spawned.error().message;
    ASSERT_EQ(runtime_.boxes["alice"].state, runtime::State::running);
    runtime_.calls.clear();
    broker_.letters.clear();
    host_->forget_published();
  }
  void crash(const std::string& name) {
    runtime_.boxes[name].state = runtime::State::stopped;
    runtime_.boxes[name].reason = "killed by signal 9";
    host_->emit(runtime::kStateChanged, {runtime_.container(name)});
  }
  void report(const std::string& name, turns::TurnState state) {
    turns::AgentTurns turns{.name = name};
    turns.report.state = state;
    host_->emit(turns::kChanged, turns);
  }
  Container view(const std::string& name) {
    const None nothing;
    const auto all = host_->call("operator", kList, nothing);
    for (const auto& container : all->containers)
      if (container.name == name) return container;
    return {};
  }
  /// The last end of an action that was published.
  TransientEvent last_end() {
    const auto ends = host_->published(kTransientCleared);
    EXPECT_FALSE(ends.empty());
    return ends.empty() ? TransientEvent{} : ends.back();
  }

  testing::ManualClock clock_;
  testing::TemporaryFolder folder_;
  FakeRuntime runtime_;
  FakeBroker broker_;
  turns::AllTurns reports_;
  std::unique_ptr<testing::TestHost> host_;
};

}  // namespace hive::lifecycle
