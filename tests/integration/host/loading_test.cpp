// States of plugins from found to stopped.
#include "../../plugins/contracts.hpp"
#include "testing/host_place.hpp"

namespace hive::host::test {
namespace {

using host_api::PluginState;

std::string reason_of(App& app, const std::string& plugin) {
  return plugin_of(app, plugin).reason.value_or("");
}

TEST(Loading, ADisabledPluginIsLeftAloneAndCanBeEnabled) {
  const Place place({"hello"});
  auto options = place.options();
  options.config.file = place.write("hive.toml", "[plugins.hello]\nenabled = false\n");
  const auto app = place.open_with(std::move(options));
  ASSERT_TRUE(app->start());
  EXPECT_EQ(plugin_of(*app, "hello").state, PluginState::disabled);
  place.write("hive.toml", "[plugins.hello]\ngreeting = \"moin\"\n");
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("host.reload", R"({"plugin":"hello"})"), HasSubstr(R"("state":"running")"));
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"x"})"), HasSubstr("moin, x"));
  place.write("hive.toml", "[plugins.hello]\nenabled = false\n");
  EXPECT_THAT(client.ask("host.reload", R"({"plugin":"hello"})"), HasSubstr(R"("state":"disabled")"));
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"x"})"), HasSubstr(R"("code":"unavailable")"));
}

TEST(Loading, ANeedThatFailedMakesDependantsWait) {
  const Place place({"sulk"});
  const auto app = place.open({"plugins.sulk.where=refuse"});
  auto needy = Probe<1>::descriptor();
  needy.needs = "sulk";
  app->add(needy);
  auto lost = Probe<2>::descriptor();
  lost.needs = "nothing";
  app->add(lost);
  ASSERT_TRUE(app->start());
  EXPECT_EQ(plugin_of(*app, "sulk").state, PluginState::faulted);
  EXPECT_EQ(reason_of(*app, "sulk"), "sulk: it does not want to");
  EXPECT_EQ(plugin_of(*app, "probe1").state, PluginState::waiting);
  EXPECT_EQ(reason_of(*app, "probe1"), "probe1: waiting for sulk");
  EXPECT_EQ(reason_of(*app, "probe2"), "probe2: waiting for nothing, which no plugin provides");
}

TEST(Loading, ARefusedPluginIsAwayAndNotUnknown) {
  const Place place;
  for (const auto* refused : {"unreadable", "outdated"})
    place.write(std::string("plugins/") + refused + ".so", "no ELF");
  place.write("plugins/unreadable.toml", "id = \n");
  place.write("plugins/outdated.toml", "id = \"outdated\"\nabi = \"0.9\"\nprovides = [\"gates\"]\n");
  const auto app = place.open();
  ASSERT_TRUE(app->start());
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("unreadable.gate"), HasSubstr(R"("code":"unavailable")"));
  EXPECT_THAT(client.ask("gates.gate"), HasSubstr(R"("code":"unavailable")"));
  EXPECT_THAT(client.ask("others.gate"), HasSubstr(R"("code":"method_not_found")"));
}

TEST(Loading, TheSecondProviderOfARoleIsRefused) {
  const Place place({"two_a", "two_b", "hello"});
  const auto app = place.open();
  ASSERT_TRUE(app->start());
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("host.plugins"),
              HasSubstr("\"reason\":\"" + (place.path() / "plugins/two_b.so").string() +
                        ": the role two is provided by two_a already; disable one of them with "
                        "[plugins.two_b] enabled = false\""));
  EXPECT_EQ(plugin_of(*app, "two_b").state, PluginState::faulted);
  EXPECT_EQ(plugin_of(*app, "two_a").state, PluginState::running);
  EXPECT_EQ(plugin_of(*app, "hello").state, PluginState::running);
}

TEST(Loading, ARefusedPluginTakesNoRoleAway) {
  const Place place({"two_a", "two_b"});
  place.write("plugins/outdated.so", "no ELF");
  place.write("plugins/outdated.toml", "id = \"outdated\"\nabi = \"0.9\"\nprovides = [\"two\"]\n");
  const auto app = place.open();
  auto needy = Probe<1>::descriptor();
  needy.needs = "two";
  app->add(needy);
  ASSERT_TRUE(app->start());
  EXPECT_EQ(plugin_of(*app, "two_b").state, PluginState::faulted);
  EXPECT_EQ(plugin_of(*app, "outdated").state, PluginState::faulted);
  EXPECT_EQ(plugin_of(*app, "probe1").state, PluginState::running) << reason_of(*app, "probe1");
}

TEST(Loading, ACycleOfNeedsIsRefused) {
  const Place place({"cycle_a", "cycle_b", "hello"});
  const auto app = place.open();
  ASSERT_TRUE(app->start());
  LinePeer client(place.socket());
  const auto plugins = client.ask("host.plugins");
  for (const std::string id : {"cycle_a", "cycle_b"}) {
    EXPECT_THAT(plugins,
                HasSubstr("\"reason\":\"" + (place.path() / "plugins" / (id + ".so")).string() +
                          ": needs form a cycle, cycle_a needs cycle_b needs cycle_a; one of them has to start "
                          "without the other\""));
    EXPECT_EQ(plugin_of(*app, id).state, PluginState::faulted);
  }
  EXPECT_EQ(plugin_of(*app, "hello").state, PluginState::running);
}

TEST(Loading, ARequiredPluginThatFailsEndsTheStart) {
  const Place place({"sulk"});
  const auto app = place.open({"plugins.sulk.where=refuse", "plugins.sulk.required=true"});
  const auto started = app->start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message, "the required plugin sulk does not run: sulk: it does not want to");
}

TEST(Loading, WrongSettingsNameTheirPlace) {
  const Place place({"hello"});
  auto options = place.options();
  options.config.file = place.write("hive.toml", "[plugins.hello]\n\ntimes = 12\n");
  const auto app = place.open_with(std::move(options));
  ASSERT_TRUE(app->start());
  EXPECT_EQ(reason_of(*app, "hello"),
            (place.path() / "hive.toml").string() + ":3: plugins.hello.times: wanted 1 to 9, not 12");
}

TEST(Loading, APluginThatDoesNotExistIsRefused) {
  const Place place({"hello"});
  const auto app = place.open({"plugins.helo.greeting=x"});
  const auto started = app->start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("plugins.helo: there is no such plugin; did you mean hello?"));
}

}  // namespace
}  // namespace hive::host::test
