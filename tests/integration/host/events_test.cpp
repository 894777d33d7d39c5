#include "testing/host_place.hpp"

namespace hive::host::test {
namespace {

struct Mail {
  std::string box;
  std::int64_t number = 0;
};
constexpr auto fields(Of<Mail>) {
  return shape(field<&Mail::box>("box", "whose"), field<&Mail::number>("number", "which"));
}
constexpr Event<Mail> kOrder{"probe1.order", Who::plugins, ""};
constexpr Event<Mail> kNews{"probe1.news", Who::operators | Who::self, ""};
const Probe<1>::Rights kPublisher{.publishes = topics_of<kOrder, kNews>};
const char* const kListens = "probe1.order";

std::string mail(const std::string& box, std::int64_t number) {
  return encode_text(Mail{box, number});
}

TEST(Events, OneTotalOrderForAll) {
  constexpr int kEach = 50'000;
  const Place place;
  auto options = place.options();
  options.hub = {.queue = 1 << 20, .queue_bytes = 1 << 30, .ring = 16};
  struct Seen {
    std::uint64_t last = 0, hash = 0;
    int next[2] = {0, 0}, count = 0;
    bool ordered = true;
  } seen[3];
  std::atomic<int> complete = 0;
  std::promise<Error> lost;
  std::atomic<bool> ended = false;
  const auto app = place.open_with(std::move(options));  // after what its subscriptions use to their end
  const auto listen = [&](Seen& own) {
    return [&](Host& host) -> Status {
      const auto hear = [&](Stamp stamp, Mail got) {
        const int from = got.box == "b";
        own.ordered = own.ordered && stamp.seq == own.last + 1 && got.number == own.next[from]++;
        own.last = stamp.seq;
        own.hash = own.hash * 31 + std::uint64_t(from);
        if (++own.count == 2 * kEach) ++complete;
      };
      host.subscribe(kOrder, hear, [&](Error why) {
        if (!ended.exchange(true)) lost.set_value(std::move(why));
      });
      return {};
    };
  };
  Probe<1>::add(*app, listen(seen[0]), kPublisher);
  Probe<2>::add(*app, listen(seen[1]), {.listens = kListens});
  Probe<3>::add(*app, listen(seen[2]), {.listens = kListens});
  ASSERT_TRUE(app->start());
  std::thread publishers[2];
  for (int p = 0; p < 2; ++p)
    publishers[p] = std::thread([&app, p] {
      for (int i = 0; i < kEach; ++i) {
        const auto text = mail(p != 0 ? "b" : "a", i);
        app->hub().publish({kOrder.topic, "", text});
      }
    });
  for (auto& publisher : publishers) publisher.join();
  EXPECT_TRUE(soon([&] { return complete == 3 || ended; }, 300s));
  ASSERT_FALSE(ended) << "a subscription ended: " << lost.get_future().get().message;
  for (const auto& own : seen) {
    EXPECT_TRUE(own.ordered);
    EXPECT_EQ(own.hash, seen[0].hash);
  }
}

TEST(Events, AFullQueueEndsTheSubscriptionNotThePublisher) {
  const Place place;
  auto options = place.options();
  options.hub.queue = 8;
  const auto app = place.open_with(std::move(options));
  std::promise<Error> lost;
  std::atomic<bool> go_on = false;
  Probe<1>::add(*app, [](Host&) -> Status { return {}; }, kPublisher);
  Probe<2>::add(*app,
                [&](Host& host) -> Status {
                  const auto wait = [&](Stamp, Mail) {
                    while (!go_on) std::this_thread::yield();
                  };
                  host.subscribe(kOrder, wait, [&](Error why) { lost.set_value(std::move(why)); });
                  return {};
                },
                {.listens = kListens});
  ASSERT_TRUE(app->start());
  const auto text = mail("a", 0);
  for (int i = 0; i < 40; ++i) app->hub().publish({kOrder.topic, "", text});
  go_on = true;
  EXPECT_EQ(lost.get_future().get().code, Code::busy);
}

TEST(Events, AClientThatDoesNotReadLosesItsSubscription) {
  const Place place;
  auto options = place.options();
  options.operator_limits.unsent_replies = 64 << 10;
  const auto app = place.open_with(std::move(options));
  Probe<1>::add(*app, {}, kPublisher);
  ASSERT_TRUE(app->start());
  LinePeer reader(place.socket());
  reader.ask("events.subscribe", R"({"topics":["probe1.news"]})");
  const auto text = mail(std::string(10'000, 'x'), 0);
  for (int i = 0; i < 500; ++i) app->hub().publish({kNews.topic, "", text});
  EXPECT_TRUE(soon([&] { return app->hub().subscribers() == 0; }));
  std::string last;
  do last = reader.line();
  while (!last.empty() && last.find("events.lost") == last.npos);
  EXPECT_THAT(last, HasSubstr(R"("code":"busy")"));
  EXPECT_THAT(reader.ask("host.info"), HasSubstr("result"));
}

class Audience : public ::testing::Test {
 protected:
  void SetUp() override {
    auto options = place.options();
    options.hub.ring = 4;
    app = place.open_with(std::move(options));
    Probe<1>::add(*app, {}, kPublisher);
    ASSERT_TRUE(app->start());
    place.add_agent(*app, "alice");
  }
  void publish(const std::string& subject) const {
    const auto text = json_text::quote(subject);
    app->hub().publish({kNews.topic, subject, text});
  }
  std::string since(int seq) const {
    return R"({"topics":["probe1.news"],"since":")" + app->hub().epoch() + "-" + std::to_string(seq) + "\"}";
  }
  Place place;
  std::unique_ptr<App> app;
};

TEST_F(Audience, IsHeldAtDelivery) {
  publish("alice"), publish("bob"), publish("alice");
  LinePeer everything(place.socket()), alice(place.agent_socket("alice"));
  everything.ask("events.subscribe", since(1));
  EXPECT_THAT(everything.line(), HasSubstr("-2\",\"topic\":\"probe1.news\",\"payload\":\"bob\""));
  EXPECT_THAT(everything.line(), HasSubstr("-3\""));
  alice.ask("events.subscribe", since(0));
  EXPECT_THAT(alice.line(), HasSubstr("-1\""));
  EXPECT_THAT(alice.line(), HasSubstr("-3\""));
  publish("bob"), publish("alice");
  EXPECT_THAT(alice.line(), HasSubstr("-5\""));
}

TEST_F(Audience, IsHeldAtSubscribe) {
  LinePeer alice(place.agent_socket("alice")), own(place.socket());
  EXPECT_THAT(alice.ask("events.subscribe", R"({"topics":["probe1.order"]})"), HasSubstr(R"("code":"forbidden")"));
  EXPECT_THAT(own.ask("events.subscribe", R"({"topics":["probe1.order"]})"), HasSubstr(R"("code":"forbidden")"));
  EXPECT_THAT(own.ask("events.subscribe", R"({"topics":["probe1.nothing"]})"), HasSubstr(R"("code":"not_found")"));
  EXPECT_THAT(own.ask("events.subscribe", R"({"topic":"x"})"), HasSubstr(R"("code":"invalid_params")"));
  EXPECT_THAT(own.ask("events.subscribe", R"({"topics":["probe1.news"]})"), HasSubstr("stamp"));
  EXPECT_THAT(own.ask("events.subscribe", R"({"topics":["probe1.news"]})"), HasSubstr(R"("code":"conflict")"));
}

TEST_F(Audience, AStampThatIsGoneSaysSo) {
  for (int i = 0; i < 6; ++i) publish("alice");
  LinePeer late(place.socket());
  EXPECT_THAT(late.ask("events.subscribe", since(0)), HasSubstr("take a snapshot"));
  EXPECT_THAT(late.ask("events.subscribe", R"({"topics":["probe1.news"],"since":"1-1"})"), HasSubstr("not_found"));
  EXPECT_THAT(late.ask("events.subscribe", since(99)), HasSubstr("not_found"));
}

/// Listens to all topics as the plugin that acts as the operator, or may not. Nothing: no end came, but its own.
std::optional<Code> end_of_listening_to_all(const std::vector<std::string>& given, Probe<2>::Rights rights,
                                            std::vector<std::string>* heard = nullptr) {
  const Place place;
  const auto app = place.open(given);
  std::promise<Code> ended;
  Probe<1>::add(*app, {}, kPublisher);
  Probe<2>::add(
      *app,
      [&](Host& host) -> Status {
        host.subscribe_all([heard](Stamp, EventText event) { heard->push_back(event.topic + event.payload); },
                           [&](const Error& why) { ended.set_value(why.code); });
        return {};
      },
      rights);
  EXPECT_TRUE(app->start());
  if (heard != nullptr) {
    on_strand(*Probe<1>::host, [] {
      Probe<1>::host->publish(kOrder, Mail{"for plugins", 1});
      Probe<1>::host->publish(kNews, Mail{"a", 2});
    });
    EXPECT_TRUE(soon([&] {
      std::size_t count = 0;
      on_strand(*Probe<2>::host, [&] { count = heard->size(); });
      return count > 0;
    }));
    app->stop();
  }
  auto end = ended.get_future();
  if (heard != nullptr && end.wait_for(0s) != std::future_status::ready) return {};
  return end.get();
}

TEST(Listening, WhoActsAsTheOperatorHearsWhatTheOperatorMay) {
  std::vector<std::string> heard;
  const auto ended = end_of_listening_to_all({"host.may_act_as.probe2=[\"operator\"]"}, {.listens = "*"}, &heard);
  EXPECT_FALSE(ended);
  EXPECT_EQ(heard, std::vector<std::string>{R"(probe1.news{"box":"a","number":2})"});
}

TEST(Listening, OthersMayNotListenToAll) {
  EXPECT_EQ(end_of_listening_to_all({}, {.listens = "*"}), Code::forbidden);
  EXPECT_EQ(end_of_listening_to_all({"host.may_act_as.probe2=[\"operator\"]"}, {}), Code::forbidden);
}

TEST_F(Audience, PluginsPublishAndHearWhatTheyListed) {
  Probe<2>::add(*app, {});
  std::promise<Code> ended;
  on_strand(*Probe<1>::host, [&] {
    static constexpr Event<Mail> kUnlisted{"probe1.unlisted", Who::operators, ""};
    Probe<1>::host->publish(kUnlisted, Mail{});
    Probe<1>::host->subscribe(kUnlisted, [](Stamp, Mail) {}, [&](const Error& why) { ended.set_value(why.code); });
  });
  EXPECT_EQ(ended.get_future().get(), Code::forbidden);
  publish("alice");
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("events.subscribe", since(1)), HasSubstr("-1\""));  // the unlisted one took no number
}

}  // namespace
}  // namespace hive::host::test
