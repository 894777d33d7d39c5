#include "link/host_link.hpp"

#include "testing/fake_host.hpp"

#include <gmock/gmock.h>

namespace hive::harness {
namespace {

using testing::FakeHost;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using testing::TemporaryFolder;

class HostLinkTest : public ::testing::Test {
 protected:
  Result<std::string> ask(Ask what) {
    std::optional<Result<std::string>> answer;
    link.call(std::move(what), [&](Result<std::string> result) { answer = std::move(result); });
    poller.run_until([&] { return answer.has_value(); });
    return *answer;
  }

  TemporaryFolder folder;
  Poller poller;
  FakeHost host{poller, folder.path()};
  HostLink link{poller, folder.path()};
};

TEST_F(HostLinkTest, AnAnswerComesBack) {
  host.script = [this](const FakeHost::Call& call) { host.reply(call, R"({"a":1})"); };
  EXPECT_EQ(*ask({.method = "a.b", .params = "{}"}), R"({"a":1})");
}

TEST_F(HostLinkTest, SilenceIsATimeoutAndTheHostIsTold) {
  const auto answer = ask({.method = "a.b", .params = "{}", .deadline = milliseconds(30)});
  EXPECT_EQ(answer.error().code, Code::timeout);
  EXPECT_THAT(answer.error().message, HasSubstr("a.b"));
  EXPECT_THAT(answer.error().message, HasSubstr("whether it was carried out is unknown"));
  poller.run_until([this] { return !host.cancelled.empty(); });
}

TEST_F(HostLinkTest, NobodyThereIsATimeoutToo) {
  host.go();
  const auto answer = ask({.method = "a.b", .params = "{}", .deadline = milliseconds(30)});
  EXPECT_EQ(answer.error().code, Code::timeout);
  EXPECT_THAT(answer.error().message, HasSubstr("it was not sent"));
}

TEST_F(HostLinkTest, AnOutcomeStaysUnknownWhenTheHostThatWasAskedIsGone) {
  host.script = [this](const FakeHost::Call&) { poller.after(milliseconds(0), [this] { host.go(); }); };
  const auto answer = ask({.method = "a.b", .params = "{}", .deadline = milliseconds(100), .repeat = Repeat::safe});
  EXPECT_EQ(answer.error().code, Code::timeout);
  EXPECT_THAT(answer.error().message, HasSubstr("whether it was carried out is unknown"));
}

TEST_F(HostLinkTest, AProviderThatIsAwayIsAskedAgainWhenThatIsSafe) {
  host.script = [this](const FakeHost::Call& call) {
    if (host.calls.size() == 1) return host.refuse(call, "unavailable", "its provider is away");
    host.reply(call, "{}");
  };
  EXPECT_TRUE(ask({.method = "a.b", .params = "{}", .repeat = Repeat::safe}).has_value());
  EXPECT_THAT(host.calls, SizeIs(2));
}

TEST_F(HostLinkTest, OtherwiseItIsAnswered) {
  host.script = [this](const FakeHost::Call& call) { host.refuse(call, "unavailable", "its provider is away"); };
  EXPECT_EQ(ask({.method = "a.b", .params = "{}"}).error().message, "its provider is away");
  EXPECT_THAT(host.calls, SizeIs(1));
}

TEST_F(HostLinkTest, AHostThatDropsEveryConnectionIsTriedUntilItAnswers) {
  int dropped = 0;
  host.script = [&](const FakeHost::Call& call) {
    if (++dropped > 3) return host.reply(call, "{}");
    poller.after(milliseconds(0), [this] { host.go(), host.come(); });
  };
  EXPECT_TRUE(ask({.method = "a.b", .params = "{}", .repeat = Repeat::safe}).has_value());
  EXPECT_EQ(dropped, 4);
}

TEST_F(HostLinkTest, WhatIsTooLongIsAnsweredAndNothingIsSent) {
  const auto answer = ask({.method = "a.b", .params = "\"" + std::string(2u << 20, 'x') + "\""});
  EXPECT_EQ(answer.error().code, Code::too_large);
  EXPECT_TRUE(host.calls.empty());
}

TEST_F(HostLinkTest, ANewConnectionIsTold) {
  int came = 0;
  link.on_connected([&] { ++came; });
  host.script = [this](const FakeHost::Call& call) { host.reply(call, "{}"); };
  EXPECT_TRUE(ask({.method = "a.b", .params = "{}"}).has_value());
  host.go();
  host.come();
  EXPECT_TRUE(ask({.method = "a.b", .params = "{}", .repeat = Repeat::safe}).has_value());
  poller.run_until([&] { return came == 2; });
}

}  // namespace
}  // namespace hive::harness
