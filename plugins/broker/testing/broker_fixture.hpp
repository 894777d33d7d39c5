#pragma once
#include "broker.hpp"

#include <hive/testing/manual_clock.hpp>
#include <hive/testing/temporary_folder.hpp>
#include <hive/testing/test_host.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace hive::broker {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

MATCHER_P(HasBody, body, "") {
  return arg.body == body;
}
MATCHER_P(IsRedelivered, yes, "") {
  return arg.redelivered.value_or(false) == yes;
}

/// The plugin in an in-memory host, with alice, bob and the manager in the roster.
class BrokerFixture : public ::testing::Test {
 protected:
  static constexpr auto kAlice = "agent:alice";
  static constexpr auto kBob = "agent:bob";

  BrokerFixture() { start(); }

  void start(std::string_view settings = "{}") {
    host_ = std::make_unique<hive::testing::TestHost>(root_.path());
    host_->fake(lifecycle::kList, [this](None) -> Result<lifecycle::Containers> {
      if (!lifecycle_there_) return error(Code::unavailable, "lifecycle is away");
      return containers_;
    });
    host_->fake(lifecycle::kTombstones, [this](None) -> Result<lifecycle::Tombstones> {
      if (!lifecycle_there_) return error(Code::unavailable, "lifecycle is away");
      return tombstones_;
    });
    host_->fake(runtime::kActive, [this](runtime::Name who) -> Result<runtime::Active> {
      ++asked_for_rules_;
      return active_(who.name);
    });
    const auto started = host_->load<Broker>(settings);
    ASSERT_TRUE(started) << started.error().message;
    host_->settle();
  }
  void restart() {
    host_->unload();
    start();
  }

  Result<Sent> send(std::string_view from, const std::string& to, const std::string& body,
                    std::optional<std::string> key = {}) {
    Send what;
    what.to = to, what.body = body, what.key = std::move(key);
    return host_->call(from, kSend, what);
  }
  std::int64_t sent(std::string_view from, const std::string& to, const std::string& body,
                    std::optional<std::string> key = {}) {
    auto done = send(from, to, body, std::move(key));
    EXPECT_TRUE(done) << done.error().message;
    return done ? done->id : 0;
  }
  std::int64_t begin_turn(std::string_view who) {
    auto begun = host_->call(who, kTurnBegin, None{});
    EXPECT_TRUE(begun) << begun.error().message;
    return begun ? begun->turn : 0;
  }
  void end_turn(std::string_view who, std::int64_t turn, std::string_view how, std::vector<std::string> unseen = {}) {
    TurnEnd what;
    what.turn = turn, what.ok = how == "ok", what.unseen = std::move(unseen);
    auto ended = host_->call(who, kTurnEnd, what);
    EXPECT_TRUE(ended) << ended.error().message;
  }
  static Recv recv_params(std::int64_t wait, std::optional<std::string> key = {}) {
    Recv what;
    what.wait_seconds = wait, what.key = std::move(key);
    return what;
  }
  Result<Received> recv(std::string_view who, std::optional<std::string> key = {}) {
    return host_->call(who, kRecv, recv_params(0, std::move(key)));
  }
  std::vector<Message> received(std::string_view who, std::optional<std::string> key = {}) {
    auto got = recv(who, std::move(key));
    EXPECT_TRUE(got) << got.error().message;
    return got ? got->messages : std::vector<Message>{};
  }
  hive::testing::Pending park(std::string_view who, std::optional<std::string> key = {}, std::int64_t wait = 180) {
    auto parked = host_->begin(who, kRecv, recv_params(wait, std::move(key)));
    // The writer is past it once it has answered something asked later.
    EXPECT_TRUE(host_->call("operator", kDepth, None{}));
    const auto behind = host_->call("agent:nobody", kRecv, recv_params(0));
    EXPECT_FALSE(behind);
    host_->settle();
    return parked;
  }
  Depth depth_of(const std::string& owner) {
    auto depths = host_->call("operator", kDepth, None{});
    if (depths)
      for (const auto& one : depths->mailboxes)
        if (one.owner == owner) return one;
    return Depth{.owner = owner};
  }
  /// Whether one of a few looks finds it `done`: each of them moves the clock or asks for something, after which the
  /// plugin has come one step further.
  static bool in_steps(const std::function<bool()>& done) {
    for (int i = 0; i < 64; ++i)
      if (done()) return true;
    return false;
  }
  static lifecycle::Container container(const std::string& name, const std::string& incarnation = "1") {
    lifecycle::Container made;
    made.name = name;
    made.incarnation = name + "-" + incarnation;
    made.deployed_sha = "1";
    return made;
  }

  hive::testing::ManualClock clock_;
  hive::testing::TemporaryFolder root_;
  lifecycle::Containers containers_{{container("manager"), container("alice"), container("bob")}};
  lifecycle::Tombstones tombstones_;
  bool lifecycle_there_ = true;
  std::function<Result<runtime::Active>(const std::string&)> active_ = [](const std::string&) {
    return runtime::Active{"1", "1", std::vector<std::string>{}};
  };
  int asked_for_rules_ = 0;
  std::unique_ptr<hive::testing::TestHost> host_;
};

}  // namespace hive::broker
