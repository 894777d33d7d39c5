// A plugin whose words are wrong: what is wrong is left out, named and shown, and costs nobody else anything.
#include "../../plugins/contracts.hpp"
#include "testing/host_place.hpp"

#include <fstream>

namespace hive::host::test {
namespace {

using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class Text : public ::testing::TestWithParam<bool> {
 protected:
  void start(std::vector<std::string> given = {}) {
    if (GetParam()) given.emplace_back("plugins.garble.isolate=true");
    app = place.open(std::move(given));
    const auto started = app->start();
    ASSERT_TRUE(started) << started.error().message;
    place.add_agent(*app, "alice");
  }
  Place place{{"garble", "hello"}};
  std::unique_ptr<App> app;
};
INSTANTIATE_TEST_SUITE_P(Where, Text, ::testing::Bool(),
                         [](const auto& given) { return given.param ? "isolated" : "in_process"; });

TEST_P(Text, OneBadMethodIsLeftOutAndNothingElse) {
  start();
  LinePeer alice(place.agent_socket("alice")), client(place.socket());
  const auto listed = alice.ask("methods.list");
  for (const auto* there : {"hello.greet", "garble.good", "garble.fails"}) EXPECT_THAT(listed, HasSubstr(there));
  EXPECT_THAT(listed, Not(HasSubstr("garble.latin")));
  EXPECT_THAT(client.ask("host.methods"), HasSubstr("hello.greet"));
  EXPECT_THAT(alice.ask("garble.good"), HasSubstr("result"));
  EXPECT_THAT(alice.ask("garble.fails"), HasSubstr(R"("message":"??!")"));
}

TEST_P(Text, WhatIsLeftOutIsShownWithItsReason) {
  start();
  const auto garble = plugin_of(*app, "garble");
  EXPECT_EQ(garble.state, host_api::PluginState::running);
  EXPECT_THAT(
      garble.left_out,
      UnorderedElementsAre(
          "garble.latin: is left out: its description is not UTF-8",
          "garble.hidden: is left out: its description has characters that cannot be seen",
          "garble.send is left out: broker.send already has a tool named send; choose another name",
          "garble.again is left out: garble.good already has a tool named good; choose another name",
          "garble.shutdown is left out: host.shutdown already has an alias named shutdown; choose another name",
          "garble.role: is left out: its alias broker is the name of a role",
          "garble.spaced: is left out: its tool name must be 1 to 48 characters from A-Z a-z 0-9 _ -",
          "garble.name?: is left out: its name must look like role.verb",
          "garble.taken is left out: broker.send already answers POST /op-send; choose another address",
          "garble.shadow: is left out: its address /agent/alice/api/state is the page's own, as "
          "/agent/{name}/api/state is",
          "garble.wide: is left out: its address /{path} does not begin with a word like /deny",
          "garble.no_member: is left out: its address /garble/{id} names {id}, which is no member of its params",
          "garble.verb: is left out: its address /garble is for another verb than GET or POST",
          "garble.agents: is left out: its address /garble is for the operator, who may not call it",
          "broker.send: is left out: the plugin garble does not provide this role",
          "garble.long: is left out: its description has over 49152 bytes",
          "garble.deep: is left out: its description is not one JSON value, or is too deep"));
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("host.plugins"), HasSubstr("its description is not UTF-8"));
  EXPECT_THAT(client.ask("host.health"), HasSubstr(R"("left_out":17)"));
}

TEST_P(Text, ACallOfWhatIsLeftOutHearsWhy) {
  start();
  LinePeer alice(place.agent_socket("alice"));
  const auto answer = alice.ask("garble.latin");
  EXPECT_THAT(answer, HasSubstr(R"("code":"unavailable")"));
  EXPECT_THAT(answer, HasSubstr("its description is not UTF-8"));
  EXPECT_THAT(alice.ask("garble.nothing"), HasSubstr(R"("code":"method_not_found")"));
}

TEST_P(Text, AddressesOfContractsAreListedWhileNobodyAnswersThem) {
  start();
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("methods.list"), Not(HasSubstr("/op-send")));
  const auto all = client.ask("methods.list", R"({"away":true})");
  EXPECT_THAT(all, HasSubstr(R"("path":"/op-send")"));
  EXPECT_THAT(all, HasSubstr(R"("path":"/hello/{name}")"));
  EXPECT_THAT(all, HasSubstr(R"("away":true)"));
}

TEST_P(Text, ThatAnAddressComesOrGoesIsAnEvent) {
  start();
  LinePeer client(place.socket());
  client.ask("events.subscribe", R"({"topics":["host.addresses_changed"]})");
  ASSERT_TRUE(app->reload("hello"));
  EXPECT_THAT(client.line(), HasSubstr(R"("topic":"host.addresses_changed","payload":{})"));
}

TEST_P(Text, WordsOfAFailedStartSpoilNoList) {
  start({"plugins.garble.starts=false"});
  LinePeer client(place.socket());
  const auto plugins = client.ask("host.plugins");
  EXPECT_THAT(plugins, HasSubstr(R"("reason":"garble: ???xxx)"));
  EXPECT_THAT(plugins, HasSubstr(R"("id":"hello")"));
}

TEST(Text, AFileWhoseNameIsNoTextSpoilsNoList) {
  const Place place({"hello"});
  place.write("plugins/\xff.so", "no ELF");
  const auto app = place.open();
  ASSERT_TRUE(app->start());
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("host.plugins"), HasSubstr(R"("id":"hello")"));
}

TEST(Text, APartOfThePageIsThatOfTheFirstWhoNamesIt) {
  const Place place({"hello"});
  const auto app = place.open();
  auto first = Probe<1>::descriptor(), second = Probe<2>::descriptor();
  first.snapshot = "things=probe1.list/rows";
  second.snapshot = "things=probe2.list/rows panels=probe2.list/rows own=probe2.list/rows";
  app->add(first);
  app->add(second);
  ASSERT_TRUE(app->start());
  EXPECT_THAT(plugin_of(*app, "probe1").snapshot, ElementsAre("things=probe1.list/rows"));
  EXPECT_THAT(plugin_of(*app, "probe2").snapshot, ElementsAre("own=probe2.list/rows"));
  EXPECT_THAT(
      plugin_of(*app, "probe2").left_out,
      ElementsAre("snapshot things=probe2.list/rows: is left out: this part of the page's state is that of the plugin "
                  "probe1",
                  "snapshot panels=probe2.list/rows: is left out: this part of the page's state is the page's own"));
}

}  // namespace
}  // namespace hive::host::test
