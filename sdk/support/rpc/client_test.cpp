#include <hive/rpc/client.hpp>
#include <hive/rpc/testing/line_peer.hpp>
#include <hive/sdk/contracts/host.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

namespace hive::rpc {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

/// A host of the test's own: `script` is run in a thread and serves connections by hand.
class ClientTest : public ::testing::Test {
 protected:
  ClientTest() { std::filesystem::create_directory(folder_); }
  void TearDown() override {
    if (server_.joinable()) server_.join();
  }
  void listen() { listener_.emplace(folder_); }
  void serve(std::function<void()> script) { server_ = std::thread(std::move(script)); }
  testing::LinePeer accepted() { return listener_->accept(); }

  const hive::testing::TemporaryFolder temporary_;
  // Longer than a socket's address can be, so that every test goes by the folder.
  const std::filesystem::path folder_ = temporary_.path() / std::string(120, 'd');
  std::optional<testing::LineListener> listener_;
  std::thread server_;
  Client client_{folder_};
};

TEST_F(ClientTest, CallsTypedAndKeepsTheConnection) {
  listen();
  serve([this] {
    auto connection = accepted();
    EXPECT_THAT(connection.line(), HasSubstr("\"method\":\"host.log_level\""));
    connection.send("{\"id\":1,\"result\":{}}");
    EXPECT_THAT(connection.line(), HasSubstr("\"method\":\"host.plugins\""));
    connection.send("{\"id\":2,\"result\":{\"plugins\":[],\"of_a_later_version\":1}}");
  });
  host_api::LogLevel level{"host", abi::Level::debug};
  EXPECT_TRUE(client_.call(host_api::kLogLevel, level));
  const auto plugins = client_.call(host_api::kPlugins, None{});
  ASSERT_TRUE(plugins) << plugins.error().message;
  EXPECT_TRUE(plugins->plugins.empty());
}

TEST_F(ClientTest, WaitsForAHostThatStarts) {
  serve([this] {
    listen();
    auto connection = accepted();
    connection.line();
    connection.send("{\"id\":1,\"result\":1}");
  });
  const auto answer = client_.call_text("a.a", "{}", {.deadline = 60s});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer, "1");
}

TEST_F(ClientTest, ANewConnectionAfterTheHostRestarted) {
  listen();
  serve([this] {
    auto connection = accepted();
    connection.line();
    connection.send("{\"id\":1,\"result\":0}");
  });
  EXPECT_TRUE(client_.call_text("a.a", "{}"));
  server_.join();  // the first connection is closed by now, though idle in the client
  serve([this] {
    auto connection = accepted();
    connection.line();
    connection.send("{\"id\":1,\"result\":7}");
  });
  const auto answer = client_.call_text("a.a", "{}");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer, "7");
}

TEST_F(ClientTest, ALostCallIsRepeatedOnlyWhenThatIsSafe) {
  listen();
  std::atomic<int> asked = 0;
  serve([&] {
    for (int i = 0; i < 3; ++i) {
      auto connection = accepted();
      connection.line();
      ++asked;
      if (i == 2) connection.send("{\"id\":1,\"result\":1}");
    }
  });
  const auto never = client_.call_text("a.a", "{}", {.deadline = 60s});
  ASSERT_FALSE(never);
  EXPECT_EQ(never.error().code, Code::unavailable);
  EXPECT_THAT(never.error().message, HasSubstr("unknown"));
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(client_.call_text("a.a", "{}", {.deadline = 60s, .repeat = Repeat::safe}));
  EXPECT_EQ(asked, 3);
}

TEST_F(ClientTest, AnAbsentProviderIsAskedAgainWhenThatIsSafe) {
  listen();
  serve([this] {
    auto connection = accepted();
    connection.line();
    connection.send(R"({"id":1,"error":{"code":-32005,"message":"away","data":{"code":"unavailable"}}})");
    connection.line();
    connection.send("{\"id\":2,\"result\":1}");
  });
  EXPECT_TRUE(client_.call_text("a.a", "{}", {.deadline = 60s, .repeat = Repeat::safe}));
}

TEST_F(ClientTest, TheDeadlineClosesTheConnection) {
  listen();
  std::atomic<bool> closed = false;
  serve([&] {
    auto connection = accepted();
    connection.line();
    closed = connection.line().empty();
  });
  const auto answer = client_.call_text("a.a", "{}", {.deadline = 50ms});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::timeout);
  server_.join();
  EXPECT_TRUE(closed);
}

TEST_F(ClientTest, AnInterruptEndsACallAndAWaitForTheHost) {
  auto pipe = os::make_pipe();
  ASSERT_TRUE(pipe);
  ASSERT_EQ(::write(pipe->second.get(), "x", 1), 1);
  const CallOptions options{.deadline = 60s, .interrupt = pipe->first.get()};
  EXPECT_EQ(client_.call_text("a.a", "{}", options).error().code, Code::cancelled);
  listen();
  EXPECT_EQ(client_.call_text("a.a", "{}", options).error().code, Code::cancelled);
}

TEST_F(ClientTest, ThreadsHaveAConnectionEach) {
  listen();
  serve([this] {
    auto first = accepted();
    first.line();
    auto second = accepted();  // comes although the first call is not answered
    second.line();
    second.send("{\"id\":1,\"result\":1}");
    first.send("{\"id\":1,\"result\":1}");
  });
  std::thread other([this] { EXPECT_TRUE(client_.call_text("a.a", "{}", {.deadline = 60s})); });
  EXPECT_TRUE(client_.call_text("a.a", "{}", {.deadline = 60s}));
  other.join();
}

}  // namespace
}  // namespace hive::rpc
