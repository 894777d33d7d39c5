#include <hive/os/testing/manual_time.hpp>
#include <hive/rpc/loop_connection.hpp>

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <optional>

namespace hive::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

/// A connection on a loop, whose other end is in the test's hands.
class LoopConnectionTest : public ::testing::Test {
 protected:
  LoopConnectionTest() {
    auto pair = *os::make_socket_pair();
    peer = std::move(pair.second);
    Connection made(std::move(pair.first));
    made.charge(rate);
    made.on_event([this](const EventText& event) { heard.emplace_back(event.stamp); });
    connection.emplace(loop, std::move(made), [this] {
      ++served;
      if (!connection->is_open()) connection.reset();
    });
  }
  void peer_writes(std::string_view text) {
    ASSERT_EQ(::send(peer.get(), text.data(), text.size(), MSG_NOSIGNAL), ssize_t(text.size()));
  }
  void peer_tells(const std::string& stamp) {
    peer_writes(R"({"method":"event","params":{"stamp":")" + stamp + "\",\"topic\":\"t\",\"payload\":1}}\n");
  }
  std::string peer_reads() {
    std::string text(4u << 20, '\0');
    const auto got = ::recv(peer.get(), text.data(), text.size(), MSG_DONTWAIT);
    text.resize(got > 0 ? std::size_t(got) : 0);
    return text;
  }
  Connection::Answer keeps() {
    return [this](const Result<std::string>& text) { heard.push_back(text ? *text : text.error().message); };
  }

  os::testing::ManualTime time;
  os::EventLoop loop{time};
  RateLimit rate{{.per_second = 1'000, .burst = 2'000}};
  os::Fd peer;
  std::vector<std::string> heard;
  std::optional<LoopConnection> connection;
  int served = 0;
};

TEST_F(LoopConnectionTest, AnAnswerIsReadWhenItComes) {
  ASSERT_TRUE(connection->send("a.b", "{}", keeps()));
  EXPECT_THAT(peer_reads(), HasSubstr(R"("method":"a.b")"));
  peer_writes("{\"id\":1,\"result\":5}\n");
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre("5"));
  EXPECT_EQ(served, 1);
}

TEST_F(LoopConnectionTest, WhatWaitsIsWrittenAsTheOtherSideReads) {
  const std::string text(900'000, 'x');
  ASSERT_TRUE(connection->send("a.b", "{\"x\":\"" + text + "\"}", keeps()));
  std::size_t read = peer_reads().size();
  EXPECT_LT(read, text.size());
  while (read < text.size()) {
    loop.run_once();
    read += peer_reads().size();
  }
}

TEST_F(LoopConnectionTest, ALossIsToldWhenItsCallbacksAreThrough) {
  ASSERT_TRUE(connection->send("a.b", "{}", keeps()));
  peer.reset();
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre(HasSubstr("was lost")));
  EXPECT_FALSE(connection);  // destroyed by what was told
}

TEST_F(LoopConnectionTest, WhatTheRateHoldsBackIsReadInItsTime) {
  const auto begun = loop.now();
  for (int i = 1; i <= 6; ++i) peer_tells(std::to_string(i));
  peer_writes(std::string(3'000, '\n'));
  peer_tells("last");
  loop.run_until([this] { return !heard.empty() && heard.back() == "last"; });
  EXPECT_THAT(heard, SizeIs(7));
  EXPECT_GE(loop.now() - begun, 1s);
}

TEST_F(LoopConnectionTest, AHangUpThatMayNotBeReadYetDoesNotWakeIt) {
  peer_writes(std::string(5'000, '\n'));
  loop.run_once();
  peer.reset();
  const auto before = loop.now();
  for (int turns = 0; connection && turns < 1'000; ++turns) loop.run_once();
  EXPECT_FALSE(connection);
  EXPECT_GE(loop.now() - before, 1s);
}

TEST_F(LoopConnectionTest, WhatWasLostByHandIsServedNoMore) {
  peer_tells("1");
  connection->lose(error(Code::cancelled, "given up"));
  const auto timer = loop.after(1s, [] {});
  loop.run_once();
  EXPECT_FALSE(connection->is_open());
  EXPECT_THAT(heard, IsEmpty());
  EXPECT_EQ(served, 0);
}

}  // namespace
}  // namespace hive::rpc
