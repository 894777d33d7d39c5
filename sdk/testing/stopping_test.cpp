// What a plugin does once it is asked to stop, with all that may still be on its way to it.
#include <hive/sdk/plugin.hpp>

#include <gmock/gmock.h>

namespace hive::testing {
namespace {

struct Text {
  std::string text;
};
constexpr auto fields(Of<Text>) {
  return shape(field<&Text::text>("text", "some"));
}
constexpr Method<None, None> kAtOnce{.name = "t.at_once", .callers = Who::operators, .doc = "x"};
constexpr Method<None, None> kLater{.name = "t.later", .callers = Who::operators, .doc = "x"};
constexpr Event<Text> kSaid{"t.said", Who::operators, "x"};

/// A host that does nothing of its own: the test hands the plugin what it is owed, in any order.
class IdleHost final : public abi::Host {
 public:
  std::map<std::string, abi::Handler, std::less<>> handlers;
  std::map<std::string, abi::Subscriber, std::less<>> subscribers;
  std::vector<abi::Completion> timers, posts;
  std::vector<Code> replies;
  int stops = 0;

  void call_method(std::string_view name) {
    const auto& handler = handlers.find(name)->second;
    handler.call(handler.context, 1, "operator", "{}");
  }
  void say() {
    const auto& subscriber = subscribers.find(kSaid.topic)->second;
    subscriber.event(subscriber.context, {kSaid.topic, "e", R"({"text":"x"})", 1});
    subscriber.event(subscriber.context, {kSaid.topic, "e", R"({"text":"x"})", 2});
  }
  void end_all() {
    for (const auto& [name, handler] : std::exchange(handlers, {})) handler.ended(handler.context, Code::ok, {});
    for (const auto& [topic, one] : std::exchange(subscribers, {})) one.ended(one.context, Code::busy, "full");
  }
  static void complete(std::vector<abi::Completion>& owed) {
    for (const auto& completion : std::exchange(owed, {})) completion.done(completion.context, Code::ok, {});
  }

 private:
  void started(Code, std::string_view) noexcept override {}
  void stopped() noexcept override { ++stops; }
  void answer(const abi::MethodInfo& method, const abi::Handler& handler) noexcept override {
    handlers.emplace(method.name, handler);
  }
  void retract(std::string_view) noexcept override {}
  void reply(abi::CallId, Code code, std::string_view) noexcept override { replies.push_back(code); }
  void call(const abi::CallInfo&, const abi::Completion&) noexcept override {}
  void cancel(void*) noexcept override {}
  void publish(const abi::EventInfo&) noexcept override {}
  void subscribe(std::string_view topic, std::string_view, const abi::Subscriber& subscriber) noexcept override {
    subscribers.emplace(topic, subscriber);
  }
  void unsubscribe(void*) noexcept override {}
  void after(std::uint64_t, const abi::Completion& completion) noexcept override { timers.push_back(completion); }
  void post(const abi::Completion& completion) noexcept override { posts.push_back(completion); }
  void blocking(void (*)(void*) noexcept, const abi::Completion&) noexcept override {}
  void parallel(void (*)(void*) noexcept, const abi::Completion&) noexcept override {}
  void log(abi::Level, std::string_view) noexcept override {}
};

/// Notes each of its bodies that begins.
class Busy {
 public:
  explicit Busy(Host& host) : host_(host) { self = this; }
  ~Busy() { self = nullptr; }
  Status start() {
    use_everything("");
    return {};
  }
  void use_everything(const std::string& when) {
    host_.answer(kAtOnce, [when](Caller, None) -> Result<None> { return note(when + "call"), None{}; });
    host_.answer(kLater, [when](Caller, None) { return task<Result<None>>(when + "coroutine"); });
    host_.subscribe(
        kSaid, [when](Stamp, Text) { note(when + "event"); }, [when](const Error&) { note(when + "end of events"); });
    host_.after(milliseconds(1), [when] { note(when + "timer"); });
    host_.every(milliseconds(1), [when] { note(when + "period"); });
  }
  void spawn() { host_.spawn(task<void>("spawned")); }
  void park() { host_.spawn(parked(&host_)); }
  void post() {
    host_.post([] { note("post"); });
  }

  static inline Busy* self = nullptr;
  static inline std::vector<std::string> begun;

 private:
  static void note(std::string what) { begun.push_back(std::move(what)); }
  template <class R>
  static Task<R> task(std::string what) {
    note(std::move(what));
    if constexpr (std::is_void_v<R>)
      co_return;
    else
      co_return None{};
  }
  static Task<> parked(Host* host) {
    const auto slept = co_await host->sleep(milliseconds(1));
    note(slept ? "woke, and the plugin is there" : "cancelled");
  }

  Host& host_;
};

class Stopping : public ::testing::Test {
 protected:
  static constexpr auto kDescriptor = describe_plugin<Busy>({.id = "t", .version = "1"});

  Stopping() {
    Busy::begun.clear();
    const abi::Environment environment{sizeof environment, "/nowhere", "", "{}"};
    plugin = kDescriptor.create(&host, &environment);
    plugin->start();
  }
  ~Stopping() override { kDescriptor.destroy(plugin); }

  IdleHost host;
  abi::Plugin* plugin;
};

TEST_F(Stopping, EverythingBeginsBefore) {
  host.call_method(kAtOnce.name);
  host.call_method(kLater.name);
  host.say();
  IdleHost::complete(host.timers);
  Busy::self->spawn();
  EXPECT_THAT(Busy::begun,
              ::testing::UnorderedElementsAre("call", "coroutine", "event", "event", "timer", "period", "spawned"));
  plugin->stop();
  host.end_all();
  IdleHost::complete(host.timers);
  EXPECT_EQ(host.stops, 1);
}

TEST_F(Stopping, NothingBeginsAfterwardsWhateverIsOnItsWay) {
  plugin->stop();
  host.call_method(kAtOnce.name);
  host.call_method(kLater.name);
  EXPECT_THAT(host.replies, ::testing::ElementsAre(Code::unavailable, Code::unavailable));
  host.say();
  IdleHost::complete(host.timers);  // they were due before the stop
  Busy::self->spawn();
  Busy::self->use_everything("late ");
  EXPECT_EQ(host.handlers.size(), 2U);
  EXPECT_EQ(host.stops, 0);
  host.end_all();
  EXPECT_THAT(Busy::begun, ::testing::IsEmpty());
  EXPECT_EQ(host.stops, 1);
}

TEST_F(Stopping, WhatRunsGoesOnToItsEndAndFindsThePluginThere) {
  Busy::self->park();
  plugin->stop();
  host.end_all();
  Busy::self->post();
  IdleHost::complete(host.posts);  // a handler may wait for it
  EXPECT_EQ(host.stops, 0);
  IdleHost::complete(host.timers);
  EXPECT_THAT(Busy::begun, ::testing::ElementsAre("post", "woke, and the plugin is there"));
  EXPECT_EQ(host.stops, 1);
  Busy::self->spawn();
  EXPECT_EQ(Busy::begun.size(), 2U);
  EXPECT_EQ(host.stops, 1);
}

}  // namespace
}  // namespace hive::testing
