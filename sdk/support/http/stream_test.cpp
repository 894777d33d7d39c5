#include "testing/server_fixture.hpp"

namespace hive::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

TEST_F(ServerTest, EventsReachTheirReader) {
  open();
  auto client = this->client();
  const auto head = client.send(get("/events")).stream();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(head.header("Content-Length"), "");
  EXPECT_EQ(head.header("Connection"), "close");
  auto& events = stream(0);
  for (int i = 0; i < 500; ++i) EXPECT_TRUE(events.send(event("1-" + std::to_string(i), "sent", "x")));
  for (int i = 0; i < 500; ++i)
    EXPECT_EQ(client.read_until("\n\n"), "id: 1-" + std::to_string(i) + "\nevent: sent\ndata: x\n\n");
}

TEST_F(ServerTest, OneFrameGoesToAThousandReaders) {
  open();
  std::vector<RawClient> clients;
  for (int i = 0; i < 1'000; ++i) clients.push_back(client());
  for (auto& client : clients) client.send(get("/events"));
  for (auto& client : clients) ASSERT_EQ(client.stream().status, 200);
  ASSERT_TRUE(eventually([&] { return server_->figures().streams == 1'000; }));
  stream(999);
  for (int i = 0; i < 10; ++i) {
    const auto frame = event("", "", std::to_string(i));
    const std::lock_guard lock(mutex_);
    for (auto& events : streams_) EXPECT_TRUE(events->send(frame));
  }
  for (auto& client : clients)
    for (int i = 0; i < 10; ++i) ASSERT_EQ(client.read_until("\n\n"), "data: " + std::to_string(i) + "\n\n");
  EXPECT_EQ(client().send(get("/echo/a")).answer().status, 200);
}

TEST_F(ServerTest, ASlowReaderOfEventsIsCutAndNobodyElse) {
  open();
  auto slow = client(4'096);
  auto quick = client();
  slow.send(get("/events")).stream();
  stream(0);
  quick.send(get("/events")).stream();
  stream(1);
  const auto frame = event("", "", std::string(10'000, 'x'));
  std::size_t sent = 0;
  while (stream(0).send(frame)) {
    ASSERT_LT(++sent, 10'000u);
    ASSERT_TRUE(stream(1).send(frame));
    quick.read_until("\n\n");
    EXPECT_LE(server_->figures().unsent_bytes, 2u << 20);
  }
  EXPECT_FALSE(stream(0).is_open());
  EXPECT_TRUE(stream(1).send(frame));
  EXPECT_TRUE(eventually([&] { return gone_ == 1; }));
  EXPECT_EQ(server_->figures().cut, 1u);
  EXPECT_EQ(server_->figures().streams, 1u);
}

TEST_F(ServerTest, AReaderThatIsGoneIsSeenAtOnce) {
  open();
  for (int way = 0; way < 2; ++way) {
    auto client = this->client();
    client.send(get("/events")).stream();
    auto& events = stream(std::size_t(way));
    EXPECT_TRUE(events.is_open());
    way == 0 ? client.close() : client.reset();
    EXPECT_TRUE(eventually([&] {
      const std::lock_guard lock(mutex_);
      return gone_ == way + 1;
    }));
    EXPECT_FALSE(events.send(event("", "", "x")));
  }
  EXPECT_EQ(server_->figures().streams, 0u);
}

TEST_F(ServerTest, OneThatAsksOnAfterAStreamIsCut) {
  open();
  auto client = this->client();
  client.send(get("/events")).stream();
  stream(0);
  client.send(get("/echo/a"));
  EXPECT_EQ(client.rest(), "");
  EXPECT_TRUE(eventually([&] { return server_->figures().connections == 0; }));
}

TEST_F(ServerTest, AQuietStreamHasAHeartbeat) {
  Limits limits;
  limits.heartbeat = limits.idle_time = limits.answer_time = milliseconds(20);
  open({.limits = limits});
  auto client = this->client();
  client.send(get("/events")).stream();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.read_until("\n\n"), ":\n\n");
  EXPECT_TRUE(stream(0).send(event("", "", "x"))) << "no request's deadline ends a stream";
}

TEST_F(ServerTest, DestroyingAStreamEndsItAfterWhatWaits) {
  open();
  auto client = this->client();
  client.send(get("/events")).stream();
  auto& events = stream(0);
  for (int i = 0; i < 50; ++i) events.send(event("", "", std::string(1'000, 'x')));
  events = EventStream();
  EXPECT_EQ(client.rest().size(), 50u * 1'008u);
  EXPECT_TRUE(eventually([&] { return server_->figures().streams == 0; }));
  EXPECT_EQ(gone_, 0);
}

TEST_F(ServerTest, StreamsAreBounded) {
  Limits limits;
  limits.streams = 1;
  open({.limits = limits});
  auto first = client();
  EXPECT_EQ(first.send(get("/events")).stream().status, 200);
  EXPECT_EQ(client().send(get("/events")).answer().status, 503);
  first.close();
  EXPECT_TRUE(eventually([&] { return server_->figures().streams == 0; }));
  EXPECT_EQ(client().send(get("/events")).stream().status, 200);
}

TEST_F(ServerTest, HeadOfAStreamIsItsHeadAlone) {
  open();
  auto client = this->client();
  const auto head = client.send("HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\n").answer_to_head();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(client.send(get("/echo/a")).answer().status, 200);
}

TEST_F(ServerTest, StreamsOutliveTheirServer) {
  open();
  auto client = this->client();
  client.send(get("/events")).stream();
  auto& events = stream(0);
  events.send(event("", "", "the last"));
  server_->stop(std::chrono::seconds(20));
  EXPECT_THAT(client.rest(), HasSubstr("the last"));
  EXPECT_FALSE(events.send(event("", "", "x")));
  server_.reset();
  EXPECT_FALSE(events.is_open());
}

TEST_F(ServerTest, ManyThreadsSendOpenAndLeaveAtOnce) {
  open({.threads = 2});
  std::atomic<bool> done{false};
  std::thread sender([&] {
    const auto frame = event("", "", std::string(3'000, 'x'));
    while (!done) {
      const std::lock_guard lock(mutex_);
      for (auto& events : streams_) events->send(frame);
      std::erase_if(streams_, [](const auto& events) { return !events->is_open(); });
    }
  });
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t)
    readers.emplace_back([&, t] {
      for (int i = 0; i < 40; ++i) {
        auto client = this->client(i % 4 == 0 ? 4'096 : 0);
        EXPECT_EQ(client.send(get("/events")).stream().status, 200);
        if (i % 4 != 0) client.read_until("\n\n");
        (t + i) % 2 == 0 ? client.close() : client.reset();
        EXPECT_EQ(this->client().send(get("/elsewhere")).answer().body, "from elsewhere");
      }
    });
  for (auto& reader : readers) reader.join();
  done = true;
  sender.join();
  EXPECT_TRUE(eventually([&] { return server_->figures().connections == 0; }));
  EXPECT_EQ(server_->figures().unsent_bytes, 0u);
}

}  // namespace
}  // namespace hive::http
