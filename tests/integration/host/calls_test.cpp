// How calls between plugins end, and how long handlers live.
#include "testing/host_place.hpp"

#include <regex>

namespace hive::host::test {
namespace {

struct Raise {
  std::string how;
};
constexpr auto fields(Of<Raise>) {
  return shape(field<&Raise::how>("how", "which way to fail"));
}
struct Text {
  std::string text;
};
constexpr auto fields(Of<Text>) {
  return shape(field<&Text::text>("text", "some"));
}
constexpr Who kAll = Who::operators | Who::plugins;
constexpr Method<Raise, None> kFail{.name = "probe1.fail", .callers = kAll, .doc = "", .deadline = 200ms};
constexpr Method<None, None> kPark{"probe1.park", kAll, ""};
constexpr Method<None, Text> kWho{"probe1.who", kAll, ""};
constexpr Method<None, None> kForeign{"probe2.stolen", kAll, ""};

Task<Result<None>> fail_after_a_sleep(Host* host) {
  auto slept = co_await host->sleep(milliseconds(1));
  if (slept) throw std::runtime_error("thrown late");
  co_return None{};
}

/// Answers kPark once `may_end`, from blocking work that a cancel does not end.
void park_until(Host& host, std::atomic<bool>& may_end) {
  host.answer(kPark, [&host, &may_end](Caller, None) -> Task<Result<None>> {
    auto work = [&may_end] {
      while (!may_end) std::this_thread::yield();
      return true;
    };
    auto done = co_await host.blocking(work);
    if (!done) co_return done.error();
    co_return None{};
  });
}

class Calls : public ::testing::Test {
 protected:
  void start() const {
    const auto started = app->start();
    ASSERT_TRUE(started) << started.error().message;
  }
  Place place;
  std::unique_ptr<App> app = place.open({"host.may_act_as.probe3=[\"operator\"]"});
};

TEST_F(Calls, AreAnsweredExactlyOnce) {
  Signal never;
  Probe<1>::add(*app, [&](Host& host) -> Status {
    host.answer(kFail, [&host, &never](Caller, Raise raise) -> Task<Result<None>> {
      if (raise.how == "throw") throw std::runtime_error("thrown at once");
      if (raise.how == "late") {
        auto failed = co_await fail_after_a_sleep(&host);
        co_return failed;
      }
      auto waited = co_await never.wait(host, 30s);
      if (!waited) co_return waited.error();
      co_return None{};
    });
    return {};
  });
  Probe<2>::add(*app, {}, {.calls = "probe1.fail probe1.park"});
  start();
  auto& host = *Probe<2>::host;
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(call(host, kFail, Raise{"throw"}).error().message, "thrown at once");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("error probe1: probe1.fail failed: thrown at once"));
  EXPECT_EQ(call(host, kFail, Raise{"late"}).error().code, Code::internal);
  EXPECT_EQ(call(host, kFail, Raise{"deadline"}).error().code, Code::timeout);
  EXPECT_EQ(call(host, kPark, None{}).error().code, Code::method_not_found);
}

Task<> pass_on(Host* host, std::string params, std::string as, std::promise<Result<std::string>>* out) {
  auto result = co_await host->call_text("probe1.echo", params, as);
  out->set_value(std::move(result));
}

TEST_F(Calls, AreCarriedAsTextUnread) {
  Probe<1>::add(*app, [](Host& host) -> Status {
    static Host* own;
    own = &host;
    static int context;
    host.raw().answer({"probe1.echo", std::uint32_t(Who::operators), 1'000, "{}"},
                      {[](void*, abi::CallId id, std::string_view, std::string_view params) noexcept {
                         own->raw().reply(id, Code::ok, params);
                       },
                       [](void*, abi::CallId) noexcept {}, [](void*, Code, std::string_view) noexcept {}, &context});
    return {};
  });
  Probe<3>::add(*app);
  start();
  auto& host = *Probe<3>::host;
  const auto pass = [&](const std::string& as) {
    std::promise<Result<std::string>> out;
    auto future = out.get_future();
    on_strand(host, [&] { host.spawn(pass_on(&host, R"({ "a" : 1.50, "b":18446744073709551615})", as, &out)); });
    return future.get();
  };
  const auto answered = pass("operator");
  ASSERT_TRUE(answered) << answered.error().message;
  EXPECT_EQ(*answered, R"({ "a" : 1.50, "b":18446744073709551615})");
  EXPECT_EQ(pass("").error().code, Code::forbidden);
}

TEST_F(Calls, ADroppedReplyAnswersInternal) {
  Probe<1>::add(*app, [](Host& host) -> Status {
    static Host* own;
    own = &host;
    static int context;
    host.raw().answer({"probe1.drop", std::uint32_t(Who::operators), 1'000, "{}"},
                      {[](void*, abi::CallId id, std::string_view, std::string_view) noexcept {
                         detail::Reply first(own->raw(), id);
                         const auto second = std::move(first);
                       },
                       [](void*, abi::CallId) noexcept {}, [](void*, Code, std::string_view) noexcept {}, &context});
    return {};
  });
  start();
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("probe1.drop"), HasSubstr("the handler ended without an answer"));
  EXPECT_THAT(client.ask("host.info"), HasSubstr("result"));
  on_strand(*Probe<1>::host, [] { Probe<1>::host->raw().retract("probe1.drop"); });
}

TEST_F(Calls, AreHeldToTheManifest) {
  Probe<1>::add(*app, [](Host& host) -> Status {
    host.answer(kWho, [](Caller who, None) -> Result<Text> { return Text{who.principal}; });
    host.answer(kForeign, [](Caller, None) -> Result<None> { return None{}; });
    return {};
  });
  Probe<2>::add(*app, {}, {.calls = "probe1.who"});
  Probe<3>::add(*app);
  start();
  EXPECT_EQ(call(*Probe<2>::host, kWho, None{})->text, "plugin:probe2");
  EXPECT_EQ(call(*Probe<2>::host, kWho, None{}, "operator").error().code, Code::forbidden);
  EXPECT_EQ(call(*Probe<3>::host, kWho, None{}, "operator")->text, "operator");
  EXPECT_EQ(call(*Probe<3>::host, kWho, None{}, "manager").error().code, Code::forbidden);
  EXPECT_THAT(call(*Probe<3>::host, kWho, None{}).error().message, HasSubstr("not among the calls in the manifest"));
  // A role that it does not provide is not answered by it.
  EXPECT_EQ(call(*Probe<3>::host, kForeign, None{}, "operator").error().code, Code::method_not_found);
}

TEST_F(Calls, ALateReplyHoldsItsPlaceUntilItComes) {
  std::atomic<bool> may_end = false;
  Probe<1>::add(*app, [&](Host& host) -> Status {
    park_until(host, may_end);
    return {};
  });
  start();
  LinePeer client(place.socket());
  for (int id = 0; id < 64; ++id) client.request(id, "probe1.park");
  EXPECT_TRUE(soon([&] { return app->router().in_flight() == 64; }));
  client.send(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":3}})");
  EXPECT_THAT(client.line(), HasSubstr(R"("id":3,"error")"));
  EXPECT_THAT(client.ask("host.info"), HasSubstr(R"("code":"busy")"));
  may_end = true;
  for (int id = 0; id < 63; ++id) EXPECT_THAT(client.line(), HasSubstr("result"));
  EXPECT_TRUE(soon([&] { return app->router().in_flight() == 0; }));
  EXPECT_THAT(client.ask("host.info"), HasSubstr("result"));
}

TEST_F(Calls, ARetractedMethodsHandlersEndInPeace) {
  Signal wake;
  std::weak_ptr<std::string> watched;
  std::atomic<int> parked = 0;
  Probe<1>::add(*app, [&](Host& host) -> Status {
    auto captured = std::make_shared<std::string>("still here");
    watched = captured;
    host.answer(kWho, [&host, &wake, &parked, captured](Caller, None) -> Task<Result<Text>> {
      ++parked;
      auto woken = co_await wake.wait(host, 30s);
      if (!woken) co_return woken.error();
      co_return Text{*captured};
    });
    return {};
  });
  start();
  LinePeer client(place.socket());
  for (int id = 0; id < 10; ++id) client.request(id, "probe1.who");
  ASSERT_TRUE(soon([&] { return parked == 10; }));
  on_strand(*Probe<1>::host, [] { Probe<1>::host->retract("probe1.who"); });
  EXPECT_THAT(client.ask("probe1.who"), HasSubstr("answers no such method"));
  EXPECT_FALSE(watched.expired());
  on_strand(*Probe<1>::host, [&] { wake.notify_all(); });
  for (int id = 0; id < 10; ++id) EXPECT_THAT(client.line(), HasSubstr("still here"));
  EXPECT_TRUE(soon([&] { return watched.expired(); }));
}

TEST_F(Calls, AreUnavailableWhileTheirPluginStops) {
  std::atomic<bool> may_end = false;
  Probe<1>::add(*app, [&](Host& host) -> Status {
    host.answer(kWho, [](Caller, None) -> Result<Text> { return Text{"runs"}; });
    park_until(host, may_end);
    return {};
  });
  start();
  LinePeer parked(place.socket()), client(place.socket());
  parked.request(1, "probe1.park");
  ASSERT_TRUE(soon([&] { return app->router().in_flight() == 1; }));
  std::thread reloading([&] { (void)app->reload("probe1"); });
  std::string answer;
  EXPECT_TRUE(soon([&] {
    answer = client.ask("probe1.who");
    return answer.find("runs") == answer.npos;
  }));
  EXPECT_THAT(answer, HasSubstr(R"("code":"unavailable")"));
  EXPECT_THAT(client.ask("probe1.who"), HasSubstr(R"("code":"unavailable")"));
  EXPECT_THAT(client.ask("probe1.nothing"), HasSubstr(R"("code":"unavailable")"));
  may_end = true;
  reloading.join();
}

TEST_F(Calls, BeforeStopIsCalledAndWaitedFor) {
  static constexpr Method<host_api::Stopping, None> kBefore{"probe1.before_stop", Who::plugins, ""};
  std::atomic<bool> asked = false, told = false;
  Probe<1>::add(*app,
                [&](Host& host) -> Status {
                  host.answer(kBefore, [&host, &asked](Caller who, host_api::Stopping what) -> Task<Result<None>> {
                    auto slept = co_await host.sleep(milliseconds(20));
                    asked = slept && what.agents && who.principal == "plugin:host";
                    co_return None{};
                  });
                  host.subscribe(host_api::kStopping, [&told](Stamp, host_api::Stopping) { told = true; });
                  return {};
                },
                {.listens = "host.stopping"});
  start();
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("host.shutdown", R"({"agents":true})"), HasSubstr("result"));
  EXPECT_TRUE(asked);
  EXPECT_TRUE(told);
  app->wait();
  EXPECT_TRUE(app->stop());
}

TEST_F(Calls, WhoAsksForTheStopSecondWaitsForTheFirstAndTheAgentsMayStopAfterAll) {
  static constexpr Method<host_api::Stopping, None> kBefore{"probe1.before_stop", Who::plugins, ""};
  std::mutex mutex;
  std::vector<std::string> seen;
  const auto note = [&](const std::string& what) {
    std::lock_guard lock(mutex);
    seen.push_back(what);
  };
  Probe<1>::add(*app, [&](Host& host) -> Status {
    host.answer(kBefore, [&host, &note](Caller, host_api::Stopping what) -> Task<Result<None>> {
      note(what.agents ? "agents begin" : "begin");
      if (!co_await host.sleep(milliseconds(50))) co_return error(Code::cancelled, "cut short");
      note(what.agents ? "agents end" : "end");
      co_return None{};
    });
    return {};
  });
  start();
  std::thread first([&] { app->prepare_stop({}); });
  EXPECT_TRUE(soon([&] {
    std::lock_guard lock(mutex);
    return !seen.empty();
  }));
  app->prepare_stop({true});
  first.join();
  app->prepare_stop({});
  EXPECT_THAT(seen, ::testing::ElementsAre("begin", "end", "agents begin", "agents end"));
}

Task<Result<int>> one() {
  co_return 1;
}
Task<> a_million(std::promise<long>* out) {
  long sum = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    auto got = co_await one();
    sum += *got;
  }
  out->set_value(sum);
}
Task<> block(Host* host, std::promise<std::string>* out) {
  std::string seen;
  for (int i = 0; i < 3; ++i) {
    auto work = [i, text = std::string(40, 'x')] { return std::to_string(i) + text.substr(0, 1); };
    auto got = co_await host->blocking(work);
    seen += *got;
  }
  auto thrower = []() -> int { throw std::runtime_error("no"); };
  auto failed = co_await host->blocking(thrower);
  out->set_value(seen + failed.error().message);
}

TEST_F(Calls, TasksDoNotGrowTheStackAndBlockElsewhere) {
  Probe<1>::add(*app);
  start();
  std::promise<long> sum;
  std::promise<std::string> seen;
  auto& host = *Probe<1>::host;
  on_strand(host, [&] { host.spawn(block(&host, &seen)); });
  EXPECT_EQ(seen.get_future().get(), "0x1x2xblocking work threw: no");
  on_strand(host, [&] { host.spawn(a_million(&sum)); });
  EXPECT_EQ(sum.get_future().get(), 1'000'000);
}

TEST_F(Calls, SlowHandlersAreCountedAndNamed) {
  Probe<1>::add(*app, [](Host& host) -> Status {
    host.answer(kPark, [](Caller, None) -> Result<None> {
      std::this_thread::sleep_for(600ms);  // the fault that is looked for
      return None{};
    });
    return {};
  });
  start();
  LinePeer client(place.socket());
  client.ask("probe1.park");
  // A busy machine holds others too, but none for as long.
  const std::regex counted(R"("id":"probe1","holds_over_10_ms":[1-9]\d*,"holds_over_100_ms":[1-9])");
  EXPECT_TRUE(soon([&] {
    const auto health = client.ask("host.health");
    return std::regex_search(health, counted) && health.find(R"("slowest":"probe1.park")") != health.npos;
  }));
}

}  // namespace
}  // namespace hive::host::test
