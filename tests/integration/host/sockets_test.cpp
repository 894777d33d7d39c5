#include "../../plugins/contracts.hpp"
#include "testing/host_place.hpp"

#include <hive/os/files.hpp>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <random>
#include <set>

namespace hive::host::test {
namespace {

class Sockets : public ::testing::Test {
 protected:
  void start(AppOptions options) {
    app = place.open_with(std::move(options));
    ASSERT_TRUE(app->start());
  }
  Place place{{"hello", "echo_wait"}};
  std::unique_ptr<App> app;
};

TEST_F(Sockets, BadLinesAnswerAndTheConnectionStays) {
  start(place.options());
  place.add_agent(*app, "alice");
  const std::pair<std::string, std::string> lines[] = {
      {"{nonsense", "-32700"},
      {R"({"jsonrpc":"2.0","id":1,"method":"x","extra":1})", "-32600"},
      {R"({"jsonrpc":"1.0","id":1,"method":"x"})", "-32600"},
      {R"({"id":1,"method":"x"})", "-32600"},
      {R"({"jsonrpc":"2.0","id":1})", "-32600"},
      {"[]", "-32600"},
      {"7", "-32600"},
      {R"({"jsonrpc":"2.0","id":1,"id":2,"method":"x"})", "-32600"},
      {R"({"jsonrpc":"2.0","id":{},"method":"x"})", "-32600"},
      {R"({"jsonrpc":"2.0","id":null,"method":"x"})", "-32600"},
      {R"({"jsonrpc":"2.0","id":")" + std::string(200, 'i') + R"(","method":"x"})", "-32600"},
      {R"({"jsonrpc":"2.0","id":1,"method":"x","params":3})", "-32600"},
      {R"({"jsonrpc":"2.0","id":1,"method":7})", "-32600"},
      {"\"\xc3\x28\"", "-32700"},
      {std::string(64, '['), "-32700"},
      {std::string("{\"a\":\0}", 7), "-32700"},
      {R"({"jsonrpc":"2.0","id":1,"method":"hello.greet","params":["x"]})", "-32602"},
      {std::string(3 << 20, 'x'), "over 1 MiB"}};
  for (const auto& socket : {place.socket(), place.agent_socket("alice")}) {
    LinePeer client(socket);
    for (const auto& [line, answer] : lines) {
      client.send(line);
      EXPECT_THAT(client.line(), HasSubstr(answer)) << line.substr(0, 80);
    }
    EXPECT_THAT(client.ask("hello.greet", R"({ "name" : "a\"}b" })"), HasSubstr(R"(hello, a\"}b)"));
  }
}

TEST_F(Sockets, WhateverIsWrongWithALineItsIdIsAnswered) {
  start(place.options());
  place.add_agent(*app, "alice");
  const std::pair<std::string, std::string> lines[] = {
      {R"({"jsonrpc":"2.0","id":11,"method":"hello.greet","params":{"name":"\ud83d"}})", R"("id":11,)"},
      {R"({"method":"hello.greet","params":{"name":"x"},"id":"call-12"})", R"("id":"call-12",)"},
      {R"({"jsonrpc":"2.0","id":13,"method":"x","params":)" + std::string(64, '[') + std::string(64, ']') + "}",
       R"("id":13,)"},
      {R"({"jsonrpc":"2.0","id":14,"method":"x","params":{"name":"cut)", R"("id":14,)"},
      {R"({"jsonrpc":"2.0","id":15,"method":"x","params":")" + std::string(2 << 20, 'x') + "\"}", R"("id":15,)"},
      {R"({"jsonrpc":"2.0","method":"x","params":")" + std::string(2 << 20, 'x') + R"(","id":16})", R"("id":16,)"},
      {"\"" + std::string(2 << 20, 'x') + "\"", R"("id":null,)"}};
  for (const auto& socket : {place.socket(), place.agent_socket("alice")}) {
    LinePeer client(socket);
    for (const auto& [line, answer] : lines) {
      client.send(line);
      EXPECT_THAT(client.line(), HasSubstr(answer)) << line.substr(0, 80);
    }
  }
}

TEST_F(Sockets, ASocketThatCannotBeMadeIsNotThoughtOpen) {
  start(place.options());
  const host_api::OpenSocket alice{"alice", geteuid(), getegid()};
  EXPECT_FALSE(app->agent_sockets().open(alice));  // it has no folder
  EXPECT_EQ(app->agent_sockets().close("alice").error().code, Code::not_found);
  std::filesystem::create_directories(place.agent_socket("alice").parent_path());
  EXPECT_TRUE(app->agent_sockets().open(alice));
  EXPECT_THAT(LinePeer(place.agent_socket("alice")).ask("hello.greet", R"({"name":"a"})"), HasSubstr("hello, a"));
}

TEST_F(Sockets, AnUnknownOperatorGroupLeavesNoSocket) {
  app = place.open({"host.operator_group=nobody-has-this-group"});
  const auto started = app->start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("there is no group nobody-has-this-group"));
  EXPECT_FALSE(std::filesystem::exists(place.socket()));
}

/// Writes `line` again and again, from a thread of its own, until the other side is gone.
class Flood {
 public:
  Flood(const std::filesystem::path& socket, std::string line) : client_(socket) {
    thread_ = std::jthread([this, line = std::move(line)](const std::stop_token& over) {
      std::string many;
      while (many.size() < 8'192) many += line + "\n";
      many.pop_back();
      while (!over.stop_requested() && !client_.has_ended()) client_.send(many);
    });
  }
  ~Flood() {
    thread_.request_stop();
    client_.shut();
  }

 private:
  LinePeer client_;
  std::jthread thread_;
};

/// What an agent may send that asks for nothing, or for nothing that is there.
const char* const kNoise[] = {R"({"jsonrpc":"2.0","method":"x"})",
                              R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":1}})",
                              "{nonsense",
                              "7",
                              "",
                              R"({"jsonrpc":"2.0","id":1,"method":"no.such"})"};

TEST_F(Sockets, WhateverAnAgentSendsIsReadNoFasterThanItsRate) {
  constexpr int kRate = 20, kBurst = 100;
  start(place.options(
      {"host.agent_calls_per_second=" + std::to_string(kRate), "host.agent_calls_burst=" + std::to_string(kBurst)}));
  place.add_agent(*app, "alice");
  const auto begin = std::chrono::steady_clock::now();
  std::deque<Flood> floods;
  for (const auto* line : kNoise) floods.emplace_back(place.agent_socket("alice"), line);
  EXPECT_TRUE(soon([&] { return app->agent_sockets().lines() >= kBurst / 2; }));
  LinePeer own(place.socket());
  for (int i = 0; i < 200; ++i) EXPECT_THAT(own.ask("hello.greet", R"({"name":"x"})"), HasSubstr("hello, x"));
  const auto lines = app->agent_sockets().lines();
  const std::chrono::duration<double> gone = std::chrono::steady_clock::now() - begin;
  EXPECT_LE(lines, kBurst + std::uint64_t(kRate * gone.count()) + 1);
}

TEST_F(Sockets, TheBytesOfALineAreChargedBeforeItEnds) {
  start(place.options({"host.agent_calls_per_second=1", "host.agent_calls_burst=40"}));
  place.add_agent(*app, "alice");
  const auto begin = std::chrono::steady_clock::now();
  const auto fd = os::connect_to(place.agent_socket("alice"));
  ASSERT_TRUE(fd);
  const std::string part(65'536, 'x'), rest = "\n1\n2\n3\n4\n5\n6\n7\n8\n9\n";
  ASSERT_EQ(::send(fd->get(), part.data(), part.size(), 0), ssize_t(part.size()));
  EXPECT_TRUE(soon([&] {
    int unread = 0;
    return ::ioctl(fd->get(), SIOCOUTQ, &unread) == 0 && unread == 0;
  }));
  ASSERT_EQ(::send(fd->get(), rest.data(), rest.size(), 0), ssize_t(rest.size()));
  LinePeer own(place.socket());
  for (int i = 0; i < 200; ++i) EXPECT_THAT(own.ask("hello.greet", R"({"name":"x"})"), HasSubstr("hello, x"));
  const std::chrono::duration<double> gone = std::chrono::steady_clock::now() - begin;
  EXPECT_LE(app->agent_sockets().lines(), std::uint64_t(gone.count()));
}

TEST_F(Sockets, WhoConnectsWithoutEndIsHeardMoreSlowlyToo) {
  start(place.options({"host.agent_calls_per_second=1", "host.agent_calls_burst=4"}));
  place.add_agent(*app, "alice");
  const auto begin = std::chrono::steady_clock::now();
  std::vector<LinePeer> clients;
  for (int i = 0; i < 20; ++i) clients.emplace_back(place.agent_socket("alice"));
  LinePeer own(place.socket());
  for (int i = 0; i < 200; ++i) EXPECT_THAT(own.ask("hello.greet", R"({"name":"x"})"), HasSubstr("hello, x"));
  const std::chrono::duration<double> gone = std::chrono::steady_clock::now() - begin;
  EXPECT_LE(app->agent_sockets().connections(), 6 + std::size_t(gone.count()));
}

TEST_F(Sockets, ALineMayComeInPieces) {
  start(place.options());
  const auto fd = os::connect_to(place.socket());
  ASSERT_TRUE(fd);
  const std::string line = R"({"jsonrpc":"2.0","id":1,"method":"hello.greet","params":{"name":"x"}})"
                           "\n";
  for (const char c : line) ASSERT_EQ(::send(fd->get(), &c, 1, 0), 1);
  char buffer[512];
  const auto got = ::recv(fd->get(), buffer, sizeof buffer, 0);
  EXPECT_THAT(std::string(buffer, std::size_t(std::max<ssize_t>(got, 0))), HasSubstr("hello, x"));
}

TEST_F(Sockets, TheReaderNeverWaitsAndSixtyFourIsTheLimit) {
  start(place.options());
  LinePeer client(place.socket());
  for (int id = 0; id < 63; ++id) client.request(id, "echo.receive", R"({"wait_ms":170000})");
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"x"})"), HasSubstr("hello, x"));
  client.request(5, "echo.receive");
  EXPECT_THAT(client.line(), HasSubstr(R"("code":"conflict")"));
  client.request(63, "echo.receive", R"({"wait_ms":170000})");
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"x"})"), HasSubstr(R"("code":"busy")"));
}

TEST_F(Sockets, ThirtyTwoConnectionsAPrincipal) {
  start(place.options());
  place.add_agent(*app, "alice");
  std::vector<LinePeer> clients;
  for (int i = 0; i < 32; ++i) {
    clients.emplace_back(place.agent_socket("alice"));
    EXPECT_THAT(clients.back().ask("hello.greet", R"({"name":"x"})"), HasSubstr("hello, x"));
  }
  LinePeer more(place.agent_socket("alice"));
  EXPECT_THAT(more.line(), HasSubstr("too many connections"));
  EXPECT_EQ(more.line(), "");
  clients.pop_back();
  EXPECT_TRUE(soon([&] {
    LinePeer again(place.agent_socket("alice"));
    return again.ask("hello.greet", R"({"name":"x"})").find("hello, x") != std::string::npos;
  }));
}

TEST_F(Sockets, AnAgentOverItsRateIsAnsweredLaterAndNotRefused) {
  start(place.options({"host.agent_calls_per_second=50", "host.agent_calls_burst=3"}));
  place.add_agent(*app, "alice");
  LinePeer alice(place.agent_socket("alice")), own(place.socket());
  for (int id = 0; id < 10; ++id) alice.request(id, "hello.greet", R"({"name":"x"})");
  for (int i = 0; i < 10; ++i) EXPECT_THAT(own.ask("hello.greet", R"({"name":"x"})"), HasSubstr("hello, x"));
  for (int id = 0; id < 10; ++id) EXPECT_THAT(alice.line(), HasSubstr("hello, x"));
}

TEST_F(Sockets, AreTheOwnersAloneAndAPeerOfAnotherUserIsTurnedAway) {
  start(place.options());
  struct stat mode{};
  ASSERT_EQ(::stat(place.socket().c_str(), &mode), 0);
  EXPECT_EQ(mode.st_mode & 0777U, 0600U);
  std::filesystem::create_directories(place.agent_socket("bob").parent_path());
  ASSERT_TRUE(app->agent_sockets().open({"bob", geteuid() + 1, getegid()}));
  LinePeer stranger(place.agent_socket("bob"));
  stranger.request(1, "host.info");
  EXPECT_EQ(stranger.line(), "");
}

TEST_F(Sockets, AnAgentsSocketIsFoundAgainAfterARestart) {
  start(place.options());
  place.add_agent(*app, "alice");
  const auto folder = os::open_folder(place.agent_socket("alice").parent_path());  // what a container holds
  ASSERT_TRUE(folder);
  app.reset();
  start(place.options());
  place.add_agent(*app, "alice");
  auto again = os::connect_in(folder->get(), "host.sock");
  EXPECT_TRUE(again);
  EXPECT_FALSE(app->agent_sockets().open({"nobody", geteuid(), getegid()}));
}

TEST_F(Sockets, LongPathsAreNoObstacle) {
  const auto deep = place.path() / std::string(100, 'd') / std::string(100, 'e');
  auto options = place.options();
  options.root = deep;
  start(std::move(options));
  LinePeer client(deep / "run" / "host.sock");
  EXPECT_THAT(client.ask("host.info"), HasSubstr("result"));
}

TEST_F(Sockets, ReadingPausesWhileRepliesWait) {
  auto options = place.options();
  options.operator_limits.unsent_replies = 4'096;
  start(std::move(options));
  LinePeer client(place.socket());
  constexpr int kCalls = 2'000;
  std::thread writer([&] {
    for (int i = 0; i < kCalls; ++i) client.request(i, "hello.greet", R"({"name":")" + std::string(900, 'n') + "\"}");
  });
  std::set<std::string> ids;
  int busy = 0;
  for (int i = 0; i < kCalls; ++i) {
    const auto line = client.line();
    ASSERT_FALSE(line.empty());
    busy += line.find("busy") != line.npos;
    ids.insert(line.substr(0, line.find(',', 17)));
  }
  writer.join();
  EXPECT_EQ(ids.size(), std::size_t(kCalls));  // each has its answer, some of them `busy`
  EXPECT_LT(busy, kCalls);
}

TEST_F(Sockets, ReadingPausesWhileTheParamsOfCallsAreMany) {
  auto options = place.options();
  options.operator_limits.asked = 4'096;
  start(std::move(options));
  LinePeer client(place.socket());
  client.request(1, "echo.receive", R"({"wait_ms":500,"box":")" + std::string(5'000, 'b') + "\"}");
  ASSERT_TRUE(soon([&] { return app->router().in_flight() == 1; }));
  client.request(2, "hello.greet", R"({"name":"x"})");
  EXPECT_THAT(LinePeer(place.socket()).ask("hello.greet", R"({"name":"x"})"), HasSubstr("hello, x"));
  EXPECT_THAT(client.line(), HasSubstr(R"("id":1,)"));
  EXPECT_THAT(client.line(), HasSubstr(R"("id":2,)"));
}

TEST_F(Sockets, WhoReadsNoAnswersIsClosedBeforeTheyFillTheMemory) {
  auto options = place.options();
  options.operator_limits.unsent_in_all = 64 << 10;
  start(std::move(options));
  LinePeer client(place.socket());
  for (int id = 0; id < 1'000; ++id) client.request(id, "methods.list");
  EXPECT_TRUE(soon([&] { return client.has_ended(); }));
  EXPECT_THAT(LinePeer(place.socket()).ask("hello.greet", R"({"name":"x"})"), HasSubstr("hello, x"));
}

/// Every way to end a call, racing: woken, timed out, cancelled, disconnected.
class Races : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Where, Races, ::testing::Bool(),
                         [](const auto& given) { return given.param ? "isolated" : "in_process"; });

TEST_P(Races, EndEachCallOnce) {
  const Place place({"echo_wait"});
  auto options = place.options({"plugins.echo_wait.isolate=" + std::string(GetParam() ? "true" : "false")});
  options.operator_limits.connections = 256;
  const auto app = place.open_with(std::move(options));
  Probe<1>::add(*app,
                [](Host& host) -> Status {
                  static constexpr Method<None, None> kShort{
                      .name = "probe1.short", .callers = Who::operators, .doc = "", .deadline = milliseconds(2)};
                  host.answer(kShort, [&host](Caller, None) -> Task<Result<None>> {
                    auto slept = co_await host.sleep(milliseconds(2));  // against a deadline of 2 ms
                    if (!slept) co_return slept.error();
                    co_return None{};
                  });
                  return {};
                },
                {.publishes = "relay.mail:2"});
  app->hub().declare("relay.mail", std::uint32_t(Who::plugins), "relay");
  ASSERT_TRUE(app->start());
  std::mt19937 random(42);
  const auto event = encode_text(demo::Mail{"r", "m"});
  for (int round = 0; round < 300; ++round) {
    LinePeer client(place.socket());
    std::set<int> open;
    for (int id = 0; id < 6; ++id) {
      if (id % 3 == 2)
        client.request(id, "probe1.short");
      else
        client.request(id, "echo.receive", R"({"wait_ms":)" + std::to_string(1 + random() % 3) + R"(,"box":"r"})");
      open.insert(id);
    }
    for (int id = 0; id < 6; ++id)
      if (random() % 2 == 0)
        client.send(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":)" + std::to_string(id) + "}}");
    app->hub().publish({"relay.mail", "", event});
    if (random() % 3 == 0) continue;  // disconnects
    while (!open.empty()) {
      const auto line = client.line();
      ASSERT_FALSE(line.empty()) << "a call has no answer in round " << round;
      const auto reply = parse_json(line);
      ASSERT_EQ(open.erase(int(reply->at("id").as_int64())), 1U) << line;
    }
  }
  EXPECT_TRUE(soon([&] { return app->router().in_flight() == 0; }));
}

TEST(ManySockets, FiveThousandParkedCalls) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const int calls = int(std::min<rlim_t>(5'000, (limit.rlim_cur - 200) / 2));
  const Place place({"echo_wait"});
  auto options = place.options();
  options.hub.queue = std::size_t(2 * calls);
  options.operator_limits.connections = std::size_t(calls);
  const auto app = place.open_with(std::move(options));
  app->hub().declare("relay.mail", std::uint32_t(Who::plugins), "relay");
  ASSERT_TRUE(app->start());
  std::vector<LinePeer> clients;
  for (int i = 0; i < calls; ++i) {
    clients.emplace_back(place.socket());
    clients.back().request(i, "echo.receive", R"({"wait_ms":170000,"box":"b)" + std::to_string(i) + "\"}");
  }
  ASSERT_TRUE(soon([&] { return app->router().in_flight() == std::size_t(calls); }));
  for (int i = 0; i < calls; ++i) {
    const auto event = encode_text(demo::Mail{"b" + std::to_string(i), std::to_string(i)});
    app->hub().publish({"relay.mail", "", event});
  }
  for (int i = 0; i < calls; ++i)
    ASSERT_THAT(clients[std::size_t(i)].line(), HasSubstr(R"("body":")" + std::to_string(i) + "\"")) << i;
  EXPECT_TRUE(soon([&] { return app->router().in_flight() == 0; }));
}

}  // namespace
}  // namespace hive::host::test
