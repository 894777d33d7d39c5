// The same plugins in the host's process and in their own: the same behaviour.
#include "../../plugins/contracts.hpp"
#include "testing/host_place.hpp"

namespace hive::host::test {
namespace {

using namespace hive::demo;

class Plugins : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    std::vector<std::string> given;
    if (GetParam())
      for (const auto* plugin : {"hello", "echo_wait", "relay"})
        given.push_back("plugins." + std::string(plugin) + ".isolate=true");
    app = place.open(std::move(given));
    const auto started = app->start();
    ASSERT_TRUE(started) << started.error().message;
    for (const auto* plugin : {"hello", "echo_wait", "relay"})
      ASSERT_EQ(plugin_of(*app, plugin).state, host_api::PluginState::running)
          << plugin_of(*app, plugin).reason.value_or("");
    place.add_agent(*app, "alice");
  }
  void mail(const std::string& box, const std::string& body) const {
    const auto text = encode_text(Mail{box, body});
    app->hub().publish({kMail.topic, "", text});
  }

  Place place{{"hello", "echo_wait", "relay"}};
  std::unique_ptr<App> app;
};
INSTANTIATE_TEST_SUITE_P(Where, Plugins, ::testing::Bool(),
                         [](const auto& given) { return given.param ? "isolated" : "in_process"; });

TEST_P(Plugins, AnswerOverASocket) {
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"you"})"), HasSubstr(R"("result":{"text":"hello, you"})"));
  EXPECT_THAT(client.ask("hello.greet", R"({"nmae":"you"})"), HasSubstr("name: is required"));
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"you","x":1})"), HasSubstr("x: wanted no such member"));
  EXPECT_THAT(client.ask("hello.bye"), HasSubstr("answers no such method"));
  EXPECT_THAT(client.ask("bye.bye"), HasSubstr("no plugin answers this method"));
}

TEST_P(Plugins, CallersAreHeld) {
  LinePeer alice(place.agent_socket("alice"));
  EXPECT_THAT(alice.ask("hello.crash"), HasSubstr("not for agent:alice"));
  EXPECT_THAT(alice.ask("host.plugins"), HasSubstr(R"("code":"forbidden")"));
  const auto list = alice.ask("methods.list");
  EXPECT_THAT(list, HasSubstr("hello.greet"));
  EXPECT_EQ(list.find("hello.crash"), list.npos);
}

TEST_P(Plugins, CallEachOtherAndPublish) {
  LinePeer listener(place.socket()), client(place.socket());
  listener.ask("events.subscribe", R"({"topics":["relay.mail"]})");
  EXPECT_THAT(client.ask("relay.greet", R"({"name":"you"})"), HasSubstr("hello, you"));
  EXPECT_THAT(listener.line(), HasSubstr(R"("payload":{"box":"you","body":"hello, you"})"));
}

TEST_P(Plugins, ParkUntilAnEventOrTheTime) {
  LinePeer alice(place.agent_socket("alice"));
  EXPECT_THAT(alice.ask("echo.receive"), HasSubstr(R"("messages":[],"waiting":0)"));
  EXPECT_THAT(alice.ask("echo.receive", R"({"wait_ms":20})"), HasSubstr(R"("messages":[])"));
  alice.request(7, "echo.receive", R"({"wait_ms":170000})");
  mail("agent:alice", "hi");
  EXPECT_THAT(alice.line(), HasSubstr(R"("id":7,"result":{"messages":[{"box":"agent:alice","body":"hi"}])"));
}

TEST_P(Plugins, CancelAnswersOnceAndFreesTheHandler) {
  LinePeer alice(place.agent_socket("alice"));
  alice.request(1, "echo.receive", R"({"wait_ms":170000})");
  alice.send(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":1}})");
  EXPECT_THAT(alice.line(), HasSubstr(R"("code":"cancelled")"));
  EXPECT_THAT(alice.ask("hello.greet", R"({"name":"x"})"), HasSubstr("hello, x"));
  EXPECT_TRUE(soon([&] { return app->router().in_flight() == 0; }));
}

TEST_P(Plugins, AClientThatGoesAwayCancels) {
  LinePeer client(place.socket()), half(place.socket());
  for (int id = 0; id < 10; ++id) client.request(id, "echo.receive", R"({"wait_ms":170000})");
  half.request(1, "echo.receive", R"({"wait_ms":170000})");
  EXPECT_TRUE(soon([&] { return app->router().in_flight() == 11; }));
  half.half_close();
  EXPECT_TRUE(soon([&] { return app->router().in_flight() == 10; }));
  client.close();
  EXPECT_TRUE(soon([&] { return app->router().in_flight() == 0; }));
}

TEST_P(Plugins, ReloadReadsTheConfigurationAnew) {
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("host.reload", R"({"plugin":"hello"})"), HasSubstr(R"("state":"running")"));
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"x"})"), HasSubstr("hello, x"));
  EXPECT_THAT(client.ask("host.reload", R"({"plugin":"hullo"})"), HasSubstr(R"("code":"not_found")"));
  EXPECT_THAT(client.ask("host.reload", R"({"plugin":"host"})"), HasSubstr(R"("code":"forbidden")"));
}

TEST_P(Plugins, StopEndsWhatIsSuspended) {
  LinePeer client(place.socket());
  for (int id = 0; id < 50; ++id) client.request(id, "echo.receive", R"({"wait_ms":170000})");
  EXPECT_TRUE(soon([&] { return app->router().in_flight() == 50; }));
  EXPECT_TRUE(app->stop());
  EXPECT_EQ(app->router().in_flight(), 0U);
}

}  // namespace
}  // namespace hive::host::test
