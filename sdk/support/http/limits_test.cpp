#include <hive/os/wait.hpp>

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <utility>

#include "testing/server_fixture.hpp"

namespace hive::http {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;

// --- limits ---------------------------------------------------------------------------------------

TEST_F(ServerTest, SlowRequestsAreEnded) {
  Limits limits;
  limits.head_time = limits.body_time = milliseconds(250);
  limits.idle_time = milliseconds(20);
  open({.limits = limits});
  for (const std::string_view begin :
       {"GET / HT", "POST /echo/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nbo"}) {
    auto client = this->client();
    const auto answer = client.send(begin).answer();
    EXPECT_EQ(answer.status, 408);
    EXPECT_TRUE(client.is_closed());
  }
  auto dripping = this->client();
  dripping.send("GET / HTTP/1.1\r\n");
  while (os::wait_readable(dripping.fd(), milliseconds(5)) == os::Waited::late) dripping.send("X: y\r\n");
  EXPECT_EQ(dripping.answer().status, 408) << "a drip puts nothing off";
  EXPECT_TRUE(client().is_closed()) << "one that says nothing is closed without a word";
  auto idle = this->client();
  EXPECT_EQ(idle.send(get("/echo/a")).answer().status, 200);
  EXPECT_TRUE(idle.is_closed());
}

TEST_F(ServerTest, HugeHeadsAreRefused) {
  open();
  auto client = this->client();
  client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'x'));
  EXPECT_EQ(client.answer().status, 431);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(ServerTest, ConnectionsAreBoundedAndIdleOnesMakeRoom) {
  Limits limits;
  limits.connections = 3;
  open({.limits = limits});
  auto idle = client();
  EXPECT_EQ(idle.send(get("/echo/a")).answer().status, 200);
  auto first = client();
  auto second = client();
  first.send(get("/later"));
  late(0);
  second.send(get("/later"));
  late(1);
  auto third = client();
  EXPECT_EQ(third.send(get("/echo/a")).answer().status, 200);
  EXPECT_TRUE(idle.is_closed());
  third.send(get("/later"));
  late(2);
  EXPECT_EQ(client().answer().status, 503);
  late(0).send(plain_text("still served"));
  EXPECT_EQ(first.answer().body, "still served");
}

TEST_F(ServerTest, HalfRequestsKeepNobodyOut) {
  Limits limits;
  limits.connections = 3;
  open({.limits = limits});
  std::vector<RawClient> halves;
  for (const std::string_view begin : {"GET /echo/a HTTP/1.1\r\nHost: local", "",
                                       "POST /echo/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nbo"})
    halves.push_back(client()), halves.back().send(begin);
  std::vector<RawClient> wholes;
  for (std::size_t i = 0; i < halves.size(); ++i) {
    auto& whole = wholes.emplace_back(client());
    EXPECT_EQ(whole.send(get("/echo/a")).answer().status, 200);
    EXPECT_TRUE(halves[i].is_closed()) << "the oldest goes first";
    whole.send(get("/later"));
    late(i);
  }
  EXPECT_EQ(client().answer().status, 503) << "answers are owed to all";
}

TEST_F(ServerTest, FloodsOfRequestsAreCut) {
  open();
  auto client = this->client();
  client.send(get("/later"));
  late(0);
  std::string flood;
  while (flood.size() < 400'000) flood += get("/echo/flood");
  client.send(flood);
  EXPECT_EQ(client.rest(), "");
  EXPECT_EQ(server_->figures().cut, 1u);
}

TEST_F(ServerTest, AStalledReaderCostsNobodyAnything) {
  open();
  auto stalled = client(4'096);
  stalled.send(get("/large/20000000") + get("/echo/after"));
  EXPECT_TRUE(eventually([&] { return server_->figures().unsent_bytes > 1'000'000; }));
  auto other = client();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(other.send(get("/echo/a")).answer().status, 200);
  EXPECT_EQ(server_->figures().requests, 101u) << "the next is not served while this one waits";
  EXPECT_EQ(stalled.answer().body.size(), 20'000'000u);
  EXPECT_EQ(stalled.answer().body, "GET /echo/after? ");
  EXPECT_TRUE(eventually([&] { return server_->figures().unsent_bytes == 0; }));
}

TEST_F(ServerTest, AReaderThatTakesNothingIsCut) {
  Limits limits;
  limits.stall_time = milliseconds(20);
  open({.limits = limits});
  auto stalled = client(4'096);
  stalled.send(get("/large/20000000"));
  EXPECT_TRUE(eventually([&] { return server_->figures().cut == 1 && server_->figures().unsent_bytes == 0; }));
}

TEST_F(ServerTest, AllAnswersTogetherAreBounded) {
  Limits limits;
  limits.unsent_bytes = 8'000'000;
  open({.limits = limits});
  auto first = client(4'096);
  first.send(get("/large/7900000"));
  EXPECT_TRUE(eventually([&] { return server_->figures().requests == 1 && server_->figures().unsent_bytes > 0; }));
  auto second = client(4'096);
  second.send(get("/large/7900000"));
  EXPECT_TRUE(eventually([&] { return server_->figures().cut == 1; }));
  EXPECT_EQ(first.answer().body.size(), 7'900'000u);
}

// --- life -----------------------------------------------------------------------------------------

TEST_F(ServerTest, GoneClientsAreForgotten) {
  open();
  for (int i = 0; i < 50; ++i) {
    auto client = this->client();
    if (i % 3 != 0) {
      EXPECT_EQ(client.send(get("/echo/a")).answer().status, 200);
    }
    i % 2 == 0 ? client.close() : client.reset();
  }
  EXPECT_TRUE(eventually([&] { return server_->figures().connections == 0; }));
}

TEST_F(ServerTest, StopAnswersWhatItOwesAndClosesTheRest) {
  open();
  auto waiting = client();
  auto half = client();
  auto idle = client();
  idle.send(get("/echo/a")).answer();
  waiting.send(get("/later"));
  half.send("GET /ha");
  late(0);
  std::thread stopping([&] { server_->stop(std::chrono::seconds(20)); });
  EXPECT_TRUE(idle.is_closed());
  late(0).send(plain_text("the last"));
  const auto answer = waiting.answer();
  EXPECT_EQ(answer.body, "the last");
  EXPECT_EQ(answer.header("Connection"), "close");
  stopping.join();
  EXPECT_TRUE(half.is_closed());
  EXPECT_EQ(server_->figures().connections, 0u);
}

TEST_F(ServerTest, StopWaitsNoLongerThanItsGrace) {
  open();
  auto waiting = client();
  auto stalled = client(4'096);
  waiting.send(get("/later"));
  stalled.send(get("/large/20000000"));
  auto& reply = late(0);
  EXPECT_TRUE(eventually([&] { return server_->figures().unsent_bytes > 0; }));
  server_->stop(milliseconds(20));
  EXPECT_EQ(waiting.rest(), "");
  reply.send(plain_text("too late"));
  EXPECT_EQ(server_->figures().unsent_bytes, 0u);
  server_->stop(milliseconds(20));
}

TEST_F(ServerTest, MayLiveAgainOnTheSamePort) {
  open();
  const auto port = server_->port();
  auto taken = Server::open({.port = port}, {});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::conflict);
  EXPECT_THAT(taken.error().message,
              AllOf(HasSubstr("127.0.0.1:" + std::to_string(port)), HasSubstr("another program listens")));
  for (int life = 0; life < 3; ++life) {
    auto client = this->client();
    EXPECT_EQ(client.send(get("/echo/a")).answer().status, 200);
    server_.reset();
    EXPECT_TRUE(client.is_closed());
    open({.port = port, .threads = 2});
    EXPECT_EQ(server_->port(), port);
  }
}

std::pair<os::Fd, std::uint16_t> listen_on_loopback() {
  os::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  // Without it the kernel refuses the port to others for as long as there is a connection.
  constexpr int kOn = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof kOn);
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&where), size), 0);
  EXPECT_EQ(::listen(socket.get(), 1), 0);
  EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&where), &size), 0);
  return {std::move(socket), ntohs(where.sin_port)};
}

/// Another program that took a connection and goes on with it.
class Keeper {
 public:
  explicit Keeper(int connection) : child_(::fork()) {
    while (child_ == 0) ::pause();
    ::close(connection);
  }
  Keeper(const Keeper&) = delete;
  ~Keeper() { end(); }
  void end() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(std::exchange(child_, -1), nullptr, 0);
  }

 private:
  pid_t child_;
};

TEST_F(ServerTest, APortWhoseConnectionsAnotherProgramKeepsIsTaken) {
  auto [listening, port] = listen_on_loopback();
  const RawClient page(port);
  const int accepted = ::accept(listening.get(), nullptr, nullptr);
  listening.reset();
  Keeper other(accepted);
  auto taken = Server::open({.port = port}, {});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::conflict);
  EXPECT_THAT(taken.error().message, HasSubstr("uid " + std::to_string(::getuid()) + ", keeps a connection"));
  other.end();
  open({.port = port});
  EXPECT_EQ(client().send(get("/echo/a")).answer().status, 200);
}

TEST_F(ServerTest, MayBeStoppedWhileClientsComeAndGo) {
  for (int life = 0; life < 20; ++life) {
    open({.threads = 2});
    std::atomic<bool> done{false};
    std::thread clients([&done, port = server_->port()] {
      while (!done) {
        std::vector<RawClient> some;
        for (int i = 0; i < 10; ++i) some.emplace_back(port).send(get("/echo/a"));
        // Whoever was accepted is answered or closed, also in a stop.
        for (auto& client : some) EXPECT_THAT(client.answer().head, Not(HasSubstr("nothing came")));
      }
    });
    EXPECT_TRUE(eventually([&] { return server_->figures().requests > 20; }));
    server_.reset();
    done = true;
    clients.join();
  }
}

TEST_F(ServerTest, RefusesWhatMakesNoSense) {
  const auto open_with = [](ServerOptions options, Routes routes = {}) {
    return Server::open(std::move(options), std::move(routes)).error();
  };
  EXPECT_THAT(open_with({.address = "localhost"}).message, HasSubstr("'localhost' is not an IPv4 or IPv6 address"));
  EXPECT_EQ(open_with({.headers = {{"a b", "c"}}}).code, Code::invalid_params);
  EXPECT_EQ(open_with({}, std::move(Routes().on(Verb::get, "x", nullptr))).code, Code::invalid_params);
  EXPECT_EQ(open_with({.address = "203.0.113.1"}).code, Code::unavailable);
}

TEST_F(ServerTest, TakesFewerConnectionsWhereFilesAreShort) {
  // In a child, as a hard limit that was lowered stays so.
  const auto open_with_few = [this](rlim_t files) {
    const rlimit low{.rlim_cur = files, .rlim_max = files};
    ::setrlimit(RLIMIT_NOFILE, &low);
    open();
    std::fputs(logged().c_str(), stderr);
    std::_Exit(0);
  };
  EXPECT_EXIT(open_with_few(200), testing::ExitedWithCode(0), "leaves room for 50 connections, not 2048");
}

}  // namespace
}  // namespace hive::http
