#include "../../plugins/contracts.hpp"
#include "testing/host_place.hpp"

namespace hive::host::test {
namespace {

using namespace hive::demo;
using host_api::PluginState;

class Isolation : public ::testing::Test {
 protected:
  Place place{{"hello", "echo_wait"}};
};

const std::vector<std::string> kBoth{"plugins.hello.isolate=true", "plugins.echo_wait.isolate=true"};

TEST_F(Isolation, ACrashAnswersWhatIsOwedAndStartsAgain) {
  const auto app = place.open(kBoth);
  ASSERT_TRUE(app->start());
  LinePeer client(place.socket());
  client.request(1, "hello.crash");
  EXPECT_THAT(client.line(), HasSubstr(R"("code":"unavailable")"));
  EXPECT_TRUE(soon([&] { return client.ask("hello.greet", R"({"name":"x"})").find("hello, x") != std::string::npos; }));
  EXPECT_THAT(client.ask("echo.receive"), HasSubstr("messages"));
  EXPECT_EQ(plugin_of(*app, "hello").state, PluginState::running);
}

TEST_F(Isolation, ThreeCrashesQuarantineUntilReload) {
  const auto app = place.open(kBoth);
  ASSERT_TRUE(app->start());
  LinePeer client(place.socket());
  for (int crash = 0; crash < 3; ++crash) {
    EXPECT_TRUE(
        soon([&] { return client.ask("hello.greet", R"({"name":"x"})").find("hello, x") != std::string::npos; }));
    EXPECT_THAT(client.ask("hello.crash"), HasSubstr(R"("code":"unavailable")"));
  }
  EXPECT_TRUE(soon([&] { return plugin_of(*app, "hello").state == PluginState::quarantined; }));
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"x"})"), HasSubstr("quarantined"));
  EXPECT_THAT(client.ask("host.health"), HasSubstr(R"("ok":false)"));
  EXPECT_THAT(client.ask("host.reload", R"({"plugin":"hello"})"), HasSubstr(R"("state":"running")"));
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"x"})"), HasSubstr("hello, x"));
}

/// A system that has no process left.
class NoProcesses final : public os::Processes {
 public:
  Result<os::Child> start(const os::Command&) override {
    ++asked;
    return error(Code::unavailable, "no process is left");
  }
  std::atomic<int> asked = 0;
};

TEST_F(Isolation, WhereNoProcessCanBeStartedThePluginSaysSo) {
  const auto processes = std::make_shared<NoProcesses>();
  auto options = place.options({"plugins.hello.isolate=true"});
  options.isolation.processes = processes;
  const auto app = place.open_with(std::move(options));
  ASSERT_TRUE(app->start());
  EXPECT_EQ(plugin_of(*app, "hello").state, PluginState::faulted);
  EXPECT_THAT(plugin_of(*app, "hello").reason.value_or(""), HasSubstr("no process is left while it started"));
  EXPECT_GE(processes->asked, 1);
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"x"})"), HasSubstr(R"("code":"unavailable")"));
}

TEST_F(Isolation, AChildThatHangsInStopIsKilled) {
  place.link("sulk");
  auto options = place.options({"plugins.sulk.isolate=true"});
  options.isolation.stop_grace = 50ms;
  const auto app = place.open_with(std::move(options));
  ASSERT_TRUE(app->start());
  ASSERT_EQ(plugin_of(*app, "sulk").state, PluginState::running);
  EXPECT_TRUE(app->stop());
  EXPECT_EQ(plugin_of(*app, "sulk").state, PluginState::stopped);
}

TEST_F(Isolation, SettingsReachTheChildAndWrongOnesAreNamed) {
  const auto app =
      place.open({"plugins.hello.isolate=true", "plugins.hello.greeting=moin", "plugins.echo_wait.isolate=true"});
  ASSERT_TRUE(app->start());
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"x"})"), HasSubstr("moin, x"));

  const auto other = Place({"hello"});
  const auto refused = other.open({"plugins.hello.isolate=true", "plugins.hello.times=12"});
  ASSERT_TRUE(refused->start());
  EXPECT_EQ(plugin_of(*refused, "hello").state, PluginState::faulted);
  EXPECT_THAT(plugin_of(*refused, "hello").reason.value_or(""), HasSubstr("settings.times: wanted 1 to 9, not 12"));
}

}  // namespace
}  // namespace hive::host::test
