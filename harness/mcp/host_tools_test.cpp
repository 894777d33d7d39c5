#include "mcp/host_tools.hpp"

#include <hive/os/testing/manual_time.hpp>
#include <hive/rpc/testing/fake_host.hpp>
#include <hive/sdk/contracts/broker.hpp>
#include <hive/sdk/contracts/lifecycle.hpp>
#include <hive/testing/temporary_folder.hpp>

#include "json_read.hpp"
#include "mcp/answer.hpp"

#include <gmock/gmock.h>

#include <deque>

namespace hive::harness {
namespace {

using rpc::testing::FakeHost;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryFolder;

template <class P, class R>
host_api::MethodAbout about_of(const Method<P, R>& method) {
  return {.name = std::string(method.name),
          .deadline_ms = method.deadline.count(),
          .about = *decode_text<host_api::About>(about(method), Unknown::refuse)};
}

host_api::MethodAbout in_lines(host_api::MethodAbout method) {
  method.about.tool->lines = "{name} ({role}): {state} since {since}";
  return method;
}

/// What an agent may call, and a tool that is offered to the manager alone.
host_api::Methods some_methods() {
  auto start = about_of(lifecycle::kStart);
  start.about.tool->to = std::uint32_t(Who::manager);
  return {{about_of(broker::kSend), about_of(broker::kRecv), about_of(broker::kRecent), about_of(broker::kTurnBegin),
           std::move(start)}};
}

class HostToolsTest : public ::testing::Test {
 protected:
  HostToolsTest() {
    host.answer(host_api::kMethodsList, some_methods());
    host.script = [this](const FakeHost::Call& call) {
      if (answers) answers(call);
    };
  }
  /// Runs one call to its end.
  ToolAnswer use(std::string name, json::object arguments, std::string use_id = "toolu_1") {
    std::optional<Result<ToolAnswer>> done;
    tools.call({std::move(name), std::move(arguments), std::move(use_id)}, [&](Result<ToolAnswer> a) { done = a; });
    event_loop.run_until([&] { return done.has_value(); });
    return done->has_value() ? **done : ToolAnswer{"refused: " + done->error().message, true};
  }
  std::vector<FakeHost::Call> calls_of(std::string_view method) {
    std::vector<FakeHost::Call> found;
    for (const auto& call : host.calls)
      if (call.method == method) found.push_back(call);
    return found;
  }

  TemporaryFolder folder;
  os::testing::ManualTime time;
  os::EventLoop event_loop{time};
  FakeHost host{event_loop, folder.path()};
  FakeHost::Script answers;
  std::vector<std::string> complaints;
  HostLink link{event_loop, folder.path()};
  ToolRules rules{.role = Who::agents, .allowed_recipients = {"bob"}, .key_prefix = "t7-"};
  HostTools tools{event_loop, link, rules, [this](std::string text) { complaints.push_back(std::move(text)); }};
};

TEST_F(HostToolsTest, TheListFollowsTheHost) {
  std::optional<Result<json::array>> done;
  tools.list([&](Result<json::array> listed) { done = std::move(listed); });
  event_loop.run_until([&] { return done.has_value(); });
  std::vector<std::string> names;
  for (const auto& tool : **done) {
    names.emplace_back(text_at(tool, "name"));
    EXPECT_EQ(text_at(tool.at("inputSchema"), "type"), "object");
    EXPECT_FALSE(object_at(tool.at("inputSchema"), "properties").contains("key"));
  }
  EXPECT_THAT(names, ElementsAre("recent", "recv", "send"));
  EXPECT_EQ((*done)->at(0).at("annotations").at("readOnlyHint"), true);
  EXPECT_THAT(complaints, IsEmpty());
}

TEST_F(HostToolsTest, ACallIsAnsweredInWordsAndCarriesItsKey) {
  answers = [this](const FakeHost::Call& call) { host.reply(call, broker::kSend, {12}); };
  const auto answer = use("send", {{"to", "bob"}, {"body", "hi"}, {"key", "mine"}});
  EXPECT_EQ(answer.text, "Sent as message 12.");
  EXPECT_FALSE(answer.is_error);
  ASSERT_EQ(calls_of("broker.send").size(), 1u);
  EXPECT_EQ(calls_of("broker.send")[0].params.at("key"), "t7-toolu_1");
}

TEST_F(HostToolsTest, ALongUseIdCostsNothing) {
  answers = [this](const FakeHost::Call& call) { host.reply(call, broker::kSend, {12}); };
  const std::string use(100'000, 'u');
  for (const auto& id : {use, use, use + "v"})
    EXPECT_EQ(this->use("send", {{"to", "bob"}, {"body", "hi"}}, id).text, "Sent as message 12.");
  const auto sent = calls_of("broker.send");
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_LE(text_at(sent[0].params, "key").size(), 128u);
  EXPECT_THAT(std::string(text_at(sent[0].params, "key")), ::testing::StartsWith("t7-"));
  EXPECT_EQ(sent[0].params.at("key"), sent[1].params.at("key"));
  EXPECT_NE(sent[0].params.at("key"), sent[2].params.at("key"));
}

TEST_F(HostToolsTest, ACallWithAKeyIsRepeatedWhenTheHostGoesAway) {
  answers = [this](const FakeHost::Call& call) {
    if (calls_of("broker.send").size() == 1) {
      event_loop.post([this] { host.go(), host.come(); });
      return;
    }
    host.reply(call, broker::kSend, {12});
  };
  EXPECT_EQ(use("send", {{"to", "bob"}, {"body", "hi"}}).text, "Sent as message 12.");
  const auto sent = calls_of("broker.send");
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].params, sent[1].params);
}

TEST_F(HostToolsTest, OneWithoutAKeyIsNotRepeatedAndSaysSo) {
  rules.role = Who::manager;
  HostTools managers{event_loop, link, rules, [](std::string) {}};
  answers = [this](const FakeHost::Call&) { event_loop.post([this] { host.go(), host.come(); }); };
  std::optional<Result<ToolAnswer>> done;
  managers.call({"start", {{"name", "bob"}}, "toolu_1"}, [&](Result<ToolAnswer> a) { done = a; });
  event_loop.run_until([&] { return done.has_value(); });
  EXPECT_TRUE((*done)->is_error);
  EXPECT_THAT((*done)->text, HasSubstr("unknown"));
  EXPECT_EQ(calls_of("lifecycle.start").size(), 1u);
}

TEST_F(HostToolsTest, ACallWaitsForAHostThatIsAway) {
  host.go();
  answers = [this](const FakeHost::Call& call) { host.reply(call, broker::kSend, {12}); };
  const auto coming = event_loop.after(std::chrono::milliseconds(20), [this] { host.come(); });
  EXPECT_EQ(use("send", {{"to", "bob"}, {"body", "hi"}}).text, "Sent as message 12.");
}

TEST_F(HostToolsTest, TheAllowListBindsAndNamesTheWay) {
  const auto answer = use("send", {{"to", "eve"}, {"body", "hi"}});
  EXPECT_TRUE(answer.is_error);
  EXPECT_THAT(answer.text, HasSubstr("send it to manager"));
  EXPECT_TRUE(use("send", {{"to", "*"}, {"body", "hi"}}).is_error);
  EXPECT_THAT(calls_of("broker.send"), IsEmpty());
  answers = [this](const FakeHost::Call& call) { host.reply(call, broker::kSend, {1}); };
  EXPECT_FALSE(use("send", {{"to", "manager"}, {"body", "hi"}}).is_error);
}

TEST_F(HostToolsTest, TheHostsErrorsReachTheModel) {
  answers = [this](const FakeHost::Call& call) { host.refuse(call, Code::busy, "bob's mailbox is full; try later"); };
  const auto answer = use("send", {{"to", "bob"}, {"body", "hi"}});
  EXPECT_TRUE(answer.is_error);
  EXPECT_EQ(answer.text, "bob's mailbox is full; try later");
}

TEST_F(HostToolsTest, NoAnswerIsLongerThanWhatAModelIsShown) {
  answers = [this](const FakeHost::Call& call) {
    if (call.method == "broker.recent")
      return host.reply(call, "{\"messages\":[\"" + std::string(200'000, 'x') + "\"]}");
    host.refuse(call, Code::internal, std::string(200'000, 'y'));
  };
  EXPECT_LE(use("recent", {}).text.size(), kMostAnswer);
  const auto refused = use("send", {{"to", "bob"}, {"body", "x"}});
  EXPECT_TRUE(refused.is_error);
  EXPECT_LE(refused.text.size(), kMostAnswer);
  EXPECT_LE(use("send", {{"to", std::string(200'000, 'z')}, {"body", "x"}}).text.size(), kMostAnswer);
  EXPECT_LE(use(std::string(200'000, 'z'), {}).text.size(), kMostAnswer);
}

TEST_F(HostToolsTest, WhatTheHarnessAnswersForIsNotAskedOfTheHost) {
  host.answer(host_api::kMethodsList, {{in_lines(about_of(lifecycle::kList))}});
  answers = [this](const FakeHost::Call& call) {
    host.reply(call, R"({"containers":[{"name":"alice","role":"agent","state":"running","since":"today"}]})");
  };
  EXPECT_EQ(use("list_agents", {}).text, "alice (agent): running since today");
  EXPECT_EQ(use("list_agents", {{"skip", "1"}}).text, "There are no more than these.");
  for (const auto& call : calls_of("lifecycle.list")) EXPECT_EQ(call.params, json::object{});
  const auto refused = use("list_agents", {{"skip", -1}});
  EXPECT_TRUE(refused.is_error);
  EXPECT_THAT(refused.text, HasSubstr("skip: wanted 0 to"));
}

TEST_F(HostToolsTest, AnUnknownToolIsLookedForOnceMore) {
  EXPECT_EQ(use("start", {}).text, "refused: unknown tool start");  // offered to the manager alone
  EXPECT_EQ(calls_of("methods.list").size(), 1u);
}

TEST_F(HostToolsTest, TwoHundredCallsAtOnce) {
  answers = [this](const FakeHost::Call& call) { host.reply(call, broker::kSend, {1}); };
  use("send", {{"to", "bob"}, {"body", "first"}});
  std::deque<FakeHost::Call> held;
  answers = [&](const FakeHost::Call& call) { held.push_back(call); };
  int done = 0, well = 0;
  for (int i = 0; i < 200; ++i)
    tools.call({"send", {{"to", "bob"}, {"body", "x"}}, "toolu_" + std::to_string(i)}, [&](Result<ToolAnswer> answer) {
      ++done;
      well += answer && !answer->is_error;
    });
  while (done < 200) {
    event_loop.run_until([&] { return !held.empty() || done == 200; });
    while (!held.empty()) host.reply(held.back(), broker::kSend, {1}), held.pop_back();
  }
  EXPECT_EQ(well, 200);
}

TEST_F(HostToolsTest, ADroppedCallIsCancelledAtTheHost) {
  bool answered = false;
  const auto ticket =
      tools.call({"recv", {{"wait_seconds", 180}}, "toolu_1"}, [&](Result<ToolAnswer>) { answered = true; });
  event_loop.run_until([&] { return !calls_of("broker.recv").empty(); });
  tools.drop(ticket);
  event_loop.run_until([&] { return !host.cancelled.empty(); });
  EXPECT_THAT(host.cancelled, ElementsAre(calls_of("broker.recv")[0].id));
  EXPECT_FALSE(answered);
}

TEST(ToolFlaws, AreFoundBeforeAClientMeetsThem) {
  const HostTool good{.name = "x", .method = "a.x", .description = "d", .schema = {{"type", "object"}}};
  EXPECT_EQ(flaw_of(good), "");
  auto bad = good;
  bad.name = "a.b";
  EXPECT_THAT(flaw_of(bad), HasSubstr("characters"));
  bad = good;
  bad.schema["oneOf"] = json::array{};
  EXPECT_THAT(flaw_of(bad), HasSubstr("oneOf"));
  bad = good;
  bad.schema["properties"] = {{"p", json::object{}}};
  EXPECT_THAT(flaw_of(bad), HasSubstr("parameter p has no type"));
  bad = good;
  bad.schema = {};
  EXPECT_THAT(flaw_of(bad), HasSubstr("not an object"));
  bad = good;
  bad.description = std::string(2'049, 'x');
  EXPECT_THAT(flaw_of(bad), HasSubstr("2,048"));
}

}  // namespace
}  // namespace hive::harness
