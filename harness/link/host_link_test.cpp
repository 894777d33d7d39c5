#include "link/host_link.hpp"

#include <hive/os/testing/manual_time.hpp>
#include <hive/rpc/testing/fake_host.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>

namespace hive::harness {
namespace {

using rpc::testing::FakeHost;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using testing::TemporaryFolder;

class HostLinkTest : public ::testing::Test {
 protected:
  Result<std::string> ask(Ask what) {
    std::optional<Result<std::string>> answer;
    link.call(std::move(what), [&](Result<std::string> result) { answer = std::move(result); });
    event_loop.run_until([&] { return answer.has_value(); });
    return *answer;
  }

  TemporaryFolder folder;
  os::testing::ManualTime time;
  os::EventLoop event_loop{time};
  FakeHost host{event_loop, folder.path()};
  HostLink link{event_loop, folder.path()};
};

TEST_F(HostLinkTest, AnAnswerComesBack) {
  host.script = [this](const FakeHost::Call& call) { host.reply(call, R"({"a":1})"); };
  EXPECT_EQ(*ask({.method = "a.b", .params = "{}"}), R"({"a":1})");
}

TEST_F(HostLinkTest, SilenceIsATimeoutAndTheHostIsTold) {
  const auto answer = ask({.method = "a.b", .params = "{}", .deadline = std::chrono::milliseconds(30)});
  EXPECT_EQ(answer.error().code, Code::timeout);
  EXPECT_THAT(answer.error().message, HasSubstr("a.b"));
  EXPECT_THAT(answer.error().message, HasSubstr("whether it was carried out is unknown"));
  event_loop.run_until([this] { return !host.cancelled.empty(); });
}

TEST_F(HostLinkTest, NobodyThereIsATimeoutToo) {
  host.go();
  const auto answer = ask({.method = "a.b", .params = "{}", .deadline = std::chrono::milliseconds(30)});
  EXPECT_EQ(answer.error().code, Code::timeout);
  EXPECT_THAT(answer.error().message, HasSubstr("it was not sent"));
}

TEST_F(HostLinkTest, AnOutcomeStaysUnknownWhenTheHostThatWasAskedIsGone) {
  host.script = [this](const FakeHost::Call&) { event_loop.post([this] { host.go(); }); };
  const auto answer =
      ask({.method = "a.b", .params = "{}", .deadline = std::chrono::milliseconds(100), .repeat = Repeat::safe});
  EXPECT_EQ(answer.error().code, Code::timeout);
  EXPECT_THAT(answer.error().message, HasSubstr("whether it was carried out is unknown"));
}

TEST_F(HostLinkTest, AProviderThatIsAwayIsAskedAgainWhenThatIsSafe) {
  host.script = [this](const FakeHost::Call& call) {
    if (host.calls.size() == 1) return host.refuse(call, Code::unavailable, "its provider is away");
    host.reply(call, "{}");
  };
  EXPECT_TRUE(ask({.method = "a.b", .params = "{}", .repeat = Repeat::safe}).has_value());
  EXPECT_THAT(host.calls, SizeIs(2));
}

TEST_F(HostLinkTest, OtherwiseItIsAnswered) {
  host.script = [this](const FakeHost::Call& call) { host.refuse(call, Code::unavailable, "its provider is away"); };
  EXPECT_EQ(ask({.method = "a.b", .params = "{}"}).error().message, "its provider is away");
  EXPECT_THAT(host.calls, SizeIs(1));
}

TEST_F(HostLinkTest, AHostThatDropsEveryConnectionIsTriedUntilItAnswers) {
  int dropped = 0;
  host.script = [&](const FakeHost::Call& call) {
    if (++dropped > 3) return host.reply(call, "{}");
    event_loop.post([this] { host.go(), host.come(); });
  };
  EXPECT_TRUE(ask({.method = "a.b", .params = "{}", .repeat = Repeat::safe}).has_value());
  EXPECT_EQ(dropped, 4);
}

TEST_F(HostLinkTest, WhatIsTooLongIsAnsweredAndNothingIsSent) {
  const auto answer = ask({.method = "a.b", .params = "\"" + std::string(2u << 20, 'x') + "\""});
  EXPECT_EQ(answer.error().code, Code::too_large);
  EXPECT_TRUE(host.calls.empty());
}

TEST_F(HostLinkTest, WhatTheHostCouldNotReadIsAnsweredAndNotSent) {
  EXPECT_EQ(ask({.method = "a.b", .params = "{\"x\":\"\xFF\"}"}).error().code, Code::invalid_params);
  const auto deep = ask({.method = "a.b", .params = "{\"x\":" + std::string(32, '[') + std::string(32, ']') + "}"});
  EXPECT_EQ(deep.error().code, Code::invalid_params);
  EXPECT_THAT(deep.error().message, HasSubstr("31 deep"));
  EXPECT_TRUE(host.calls.empty());
}

/// Calls that the host answers when the test says so.
class ManyCallsTest : public HostLinkTest {
 protected:
  ManyCallsTest() {
    host.script = [this](const FakeHost::Call& call) { held.push_back(call); };
  }
  void begin(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      ids.push_back(link.call({.method = "a.b", .params = "{}"}, [this](Result<std::string> result) {
        if (result)
          ++answered;
        else
          refusals.push_back(result.error().message);
      }));
  }
  void wait_for_held(std::size_t count) {
    event_loop.run_until([&] { return held.size() >= count; });
  }
  std::vector<FakeHost::Call> held;
  std::vector<HostLink::CallId> ids;
  std::vector<std::string> refusals;
  std::size_t answered = 0;
};

TEST_F(ManyCallsTest, WaitTheirTurnInOrder) {
  begin(1'000);
  for (std::size_t i = 0; i < 1'000; ++i) {
    wait_for_held(i + 1);
    EXPECT_LE(held.size(), i + HostLink::kInFlight);
    host.reply(held[i], "{}");
  }
  event_loop.run_until([&] { return answered == 1'000; });
  EXPECT_THAT(refusals, SizeIs(0));
}

TEST_F(ManyCallsTest, OneThatWaitsItsTurnIsDroppedBeforeItIsSent) {
  begin(HostLink::kInFlight + 2);
  wait_for_held(HostLink::kInFlight);
  link.drop(ids[HostLink::kInFlight]);
  host.reply(held[0], "{}");
  host.reply(held[1], "{}");
  wait_for_held(HostLink::kInFlight + 1);
  EXPECT_THAT(host.cancelled, SizeIs(0));
  for (std::size_t i = 2; i < held.size(); ++i) host.reply(held[i], "{}");
  event_loop.run_until([&] { return answered == HostLink::kInFlight + 1; });
}

TEST_F(ManyCallsTest, OneThatWasDroppedKeepsItsPlaceUntilTheHostHasEndedIt) {
  begin(HostLink::kInFlight);
  wait_for_held(HostLink::kInFlight);
  for (const auto id : ids) link.drop(id);
  begin(1);
  event_loop.run_until([&] { return host.cancelled.size() == HostLink::kInFlight; });
  EXPECT_THAT(held, SizeIs(HostLink::kInFlight));
  host.refuse(held[0], Code::cancelled, "given up");
  wait_for_held(HostLink::kInFlight + 1);
  host.reply(held.back(), "{}");
  event_loop.run_until([&] { return answered == 1; });
  EXPECT_THAT(refusals, SizeIs(0));
}

TEST_F(ManyCallsTest, MoreThanMayWaitAreRefusedWithASentence) {
  begin(HostLink::kMostWaiting + 1);
  event_loop.run_until([&] { return !refusals.empty(); });
  EXPECT_THAT(refusals, SizeIs(1));
  EXPECT_THAT(refusals[0], HasSubstr("wait for the host already"));
}

TEST_F(HostLinkTest, ANewConnectionIsTold) {
  int came = 0;
  link.on_connected([&] { ++came; });
  host.script = [this](const FakeHost::Call& call) { host.reply(call, "{}"); };
  EXPECT_TRUE(ask({.method = "a.b", .params = "{}"}).has_value());
  host.go();
  host.come();
  EXPECT_TRUE(ask({.method = "a.b", .params = "{}", .repeat = Repeat::safe}).has_value());
  event_loop.run_until([&] { return came == 2; });
}

}  // namespace
}  // namespace hive::harness
