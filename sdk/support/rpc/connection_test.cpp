#include <hive/rpc/connection.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <vector>

namespace hive::rpc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A connection whose other end is in the test's hands.
class ConnectionTest : public testing::Test {
 protected:
  void SetUp() override {
    auto pair = os::make_socket_pair();
    ASSERT_TRUE(pair);
    peer_ = std::move(pair->second);
    connection_.emplace(std::move(pair->first));
  }
  void peer_writes(std::string_view text) {
    ASSERT_EQ(::send(peer_.get(), text.data(), text.size(), MSG_NOSIGNAL), ssize_t(text.size()));
    connection_->on_readable();
  }
  std::string peer_reads() {
    std::string text(4'096, '\0');
    const auto got = ::recv(peer_.get(), text.data(), text.size(), MSG_DONTWAIT);
    text.resize(got > 0 ? std::size_t(got) : 0);
    return text;
  }
  Connection::CallId ask(std::string_view method, std::string_view params = "{}") {
    auto id = connection_->send(method, params, [this](Result<std::string> answer) {
      answers_.push_back(answer ? *answer : std::string(name_of(answer.error().code)) + ": " + answer.error().message);
    });
    EXPECT_TRUE(id) << id.error().message;
    return id ? *id : 0;
  }

  os::Fd peer_;
  std::optional<Connection> connection_;
  std::vector<std::string> answers_;
};

constexpr RateLimit::Clock::time_point kStart{std::chrono::hours(1)};

TEST_F(ConnectionTest, ReadsNoFasterThanItsRateWhateverComes) {
  RateLimit rate({.per_second = 10, .burst = 4});
  connection_->charge(rate);
  int events = 0;
  connection_->on_event([&](const EventText&) { ++events; });
  const std::string event = R"({"method":"event","params":{"stamp":"e-1","topic":"t","payload":1}})"
                            "\n";
  std::string lines =
      "\n"
      R"({"jsonrpc":"2.0","method":"what"})"
      "\n"
      R"({"jsonrpc":"2.0","id":99,"result":1})"
      "\n";
  for (int i = 0; i < 5; ++i) lines += event;
  ASSERT_EQ(::send(peer_.get(), lines.data(), lines.size(), MSG_NOSIGNAL), ssize_t(lines.size()));
  connection_->on_readable(kStart);
  EXPECT_EQ(events, 1);  // the bytes cost something too
  EXPECT_TRUE(connection_->has_unread());
  EXPECT_GT(connection_->pause(kStart), RateLimit::Clock::duration{});
  connection_->on_readable(kStart);
  EXPECT_EQ(events, 1);
  connection_->on_readable(kStart + std::chrono::milliseconds(300));
  EXPECT_THAT(events, testing::AllOf(testing::Ge(2), testing::Le(4)));
  connection_->on_readable(kStart + std::chrono::seconds(10));
  EXPECT_EQ(events, 5);
  EXPECT_FALSE(connection_->has_unread());
}

TEST_F(ConnectionTest, ALineWithoutEndIsChargedAsItComes) {
  RateLimit rate({.per_second = 10, .burst = 4});
  connection_->charge(rate);
  const std::string part(8'192, 'x');
  ASSERT_EQ(::send(peer_.get(), part.data(), part.size(), MSG_NOSIGNAL), ssize_t(part.size()));
  connection_->on_readable(kStart);
  EXPECT_EQ(connection_->pause(kStart), std::chrono::milliseconds(400));
}

TEST_F(ConnectionTest, WritesOneLineACall) {
  ask("host.info");
  ask("broker.send", R"({"to":"alice"})");
  EXPECT_EQ(peer_reads(), R"({"jsonrpc":"2.0","id":1,"method":"host.info","params":{}})"
                          "\n"
                          R"({"jsonrpc":"2.0","id":2,"method":"broker.send","params":{"to":"alice"}})"
                          "\n");
}

TEST_F(ConnectionTest, AnswersInAnyOrderAndInPieces) {
  ask("a.a"), ask("b.b");
  peer_writes(R"({"jsonrpc":"2.0","id":2,"result":{"text":"}\"]"}}
{"jsonrpc":"2.0","i)");
  EXPECT_THAT(answers_, ElementsAre(R"({"text":"}\"]"})"));
  peer_writes("d\":1,\"result\":null}\n");
  EXPECT_THAT(answers_, ElementsAre(R"({"text":"}\"]"})", "null"));
  EXPECT_EQ(connection_->pending(), 0u);
}

TEST_F(ConnectionTest, GivesTheHostsError) {
  ask("a.a");
  peer_writes(
      R"({"jsonrpc":"2.0","id":1,"error":{"code":-32003,"message":"no agent \"bob\"","data":{"code":"not_found"}}})"
      "\n");
  EXPECT_THAT(answers_, ElementsAre("not_found: no agent \"bob\""));
}

TEST_F(ConnectionTest, AnErrorOfAStrangeFormIsInternal) {
  ask("a.a"), ask("b.b");
  peer_writes(
      "{\"id\":1,\"error\":7}\n{\"id\":2,\"error\":{\"message\":\"m\",\"data\":{\"code\":\"later_version\"}}}\n");
  EXPECT_THAT(answers_, ElementsAre(HasSubstr("internal: "), "internal: m"));
}

TEST_F(ConnectionTest, ALossSaysThatTheOutcomeIsUnknown) {
  ask("a.a"), ask("b.b");
  peer_.reset();
  connection_->on_readable();
  EXPECT_THAT(answers_, ElementsAre(HasSubstr("unavailable: "), HasSubstr("is unknown")));
  EXPECT_FALSE(connection_->is_open());
  const auto refused = connection_->send("a.a", "{}", [](Result<std::string>) { FAIL(); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::unavailable);
}

TEST_F(ConnectionTest, ReadsWhatWasAnsweredBeforeTheLoss) {
  ask("a.a");
  const std::string_view text = "{\"id\":1,\"result\":5}\n";
  ASSERT_EQ(::send(peer_.get(), text.data(), text.size(), 0), ssize_t(text.size()));
  peer_.reset();
  ask("b.b");  // cannot be written any more; the answer to the first must not be lost by that
  connection_->on_readable();
  connection_->on_readable();
  EXPECT_THAT(answers_, ElementsAre("5", HasSubstr("unavailable: ")));
}

TEST_F(ConnectionTest, ALineThatIsNoMessageEndsTheConnection) {
  ask("a.a");
  peer_writes("SSH-2.0-OpenSSH\n");
  EXPECT_THAT(answers_, ElementsAre(HasSubstr("internal: the answer is not a JSON-RPC message")));
  EXPECT_FALSE(connection_->is_open());
}

TEST_F(ConnectionTest, ALineWithoutEndIsRefused) {
  ask("a.a");
  const std::string piece(65'536, ' ');
  for (int i = 0; i < 18 && connection_->is_open(); ++i) peer_writes(piece);
  EXPECT_THAT(answers_, ElementsAre(HasSubstr("too_large: ")));
}

TEST_F(ConnectionTest, RefusesTextThatIsNotUtf8) {
  // The other side could not tell which call such a line was, and would leave it without an answer.
  const auto refused = connection_->send("a.a", "{\"b\":\"\xff\"}", [](Result<std::string>) { FAIL(); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::invalid_params);
  EXPECT_THAT(refused.error().message, HasSubstr("a.a: a text is not UTF-8"));
  EXPECT_EQ(peer_reads(), "");
}

TEST_F(ConnectionTest, RefusesParamsOverTheLimit) {
  const auto refused = connection_->send("a.a", std::string(kMaxLine, ' '), [](Result<std::string>) { FAIL(); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::too_large);
  EXPECT_EQ(peer_reads(), "");
}

TEST_F(ConnectionTest, RefusesMoreWhenThePeerDoesNotRead) {
  const std::string params = "{\"x\":\"" + std::string(900'000, 'x') + "\"}";
  Result<Connection::CallId> last = 0;
  for (int i = 0; i < 20 && last; ++i) last = connection_->send("a.a", params, [](Result<std::string>) {});
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, Code::busy);
  EXPECT_TRUE(connection_->want_write());
}

TEST_F(ConnectionTest, CancelIsANotification) {
  const auto id = ask("a.a");
  peer_reads();
  connection_->cancel(id);
  connection_->cancel(77);
  EXPECT_EQ(peer_reads(), "{\"jsonrpc\":\"2.0\",\"method\":\"$/cancel\",\"params\":{\"id\":1}}\n");
}

TEST_F(ConnectionTest, HandsOutEventsAndTheirLoss) {
  std::vector<std::string> seen;
  connection_->on_event([&](const EventText& event) {
    seen.push_back(std::string(event.stamp) + " " + std::string(event.topic) + " " + std::string(event.payload));
  });
  connection_->on_events_lost(
      [&](const Error& why) { seen.push_back(std::string(name_of(why.code)) + " " + why.message); });
  peer_writes(R"({"jsonrpc":"2.0","method":"event","params":{"stamp":"e-1","topic":"broker.sent","payload":{"id":4}}}
{"jsonrpc":"2.0","method":"later.notification","params":[1]}
{"jsonrpc":"2.0","method":"events.lost","params":{"code":"busy","message":"the queue was full"}}
)");
  EXPECT_THAT(seen, ElementsAre("e-1 broker.sent {\"id\":4}", "busy the queue was full"));
}

TEST_F(ConnectionTest, AForgottenCallIsNotAnswered) {
  const auto id = ask("a.a");
  connection_->forget(id);
  peer_writes("{\"id\":1,\"result\":1}\n");
  EXPECT_THAT(answers_, ElementsAre());
  EXPECT_TRUE(connection_->is_open());
}

TEST_F(ConnectionTest, ACallbackMaySendAgain) {
  auto first = connection_->send("a.a", "{}", [this](Result<std::string>) { ask("b.b"); });
  ASSERT_TRUE(first);
  peer_writes("{\"id\":1,\"result\":1}\n");
  peer_writes("{\"id\":2,\"result\":2}\n");
  EXPECT_THAT(answers_, ElementsAre("2"));
}

TEST(OpenTest, NobodyThereIsUnavailable) {
  const auto connection = Connection::open("/nonexistent/run/host.sock");
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, Code::unavailable);
  EXPECT_THAT(connection.error().message,
              HasSubstr("/nonexistent/run/host.sock: nobody listens there; start the host"));
}

}  // namespace
}  // namespace hive::rpc
