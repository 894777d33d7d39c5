#include "loop/command_feed.hpp"

#include <hive/os/testing/manual_time.hpp>
#include <hive/rpc/testing/fake_host.hpp>
#include <hive/testing/temporary_folder.hpp>

#include "json_read.hpp"

#include <gmock/gmock.h>

namespace hive::harness {
namespace {

using rpc::testing::FakeHost;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TemporaryFolder;
using turns::CommandKind;

turns::Command cancel(std::int64_t id) {
  return {.id = id, .kind = CommandKind::cancel};
}
turns::Command message(std::int64_t id, std::string text) {
  return {.id = id, .kind = CommandKind::operator_message, .text = std::move(text)};
}

class CommandFeedTest : public ::testing::Test {
 protected:
  CommandFeedTest() {
    host.script = [this](const FakeHost::Call& call) {
      if (host.calls.size() == 1) host.reply(call, turns::kCommands, commands);
    };
  }
  void store_fails() {
    auto other = sqlite::Database::open({.file = folder.path() / "turns.sqlite", .owner = "test"});
    ASSERT_TRUE(other->script("CREATE TRIGGER full BEFORE INSERT ON number BEGIN SELECT RAISE(ABORT, 'full'); END"));
  }
  std::int64_t acknowledged() const { return *integer_at(host.calls.back().params, "after"); }

  TemporaryFolder folder;
  std::vector<std::string> problems;
  std::vector<CommandKind> acted;
  turns::Commands commands;
  os::testing::ManualTime time;
  os::EventLoop event_loop{time};
  FakeHost host{event_loop, folder.path()};
  HostLink link{event_loop, folder.path()};
  TurnStore store{folder.path() / "turns.sqlite", [](const std::string&) {}};
  CommandFeed feed{event_loop, link, store, [this](const turns::Command& command) { acted.push_back(command.kind); },
                   [this](std::string problem) { problems.push_back(std::move(problem)); }};
};

TEST_F(CommandFeedTest, WhatWasTakenIsAcknowledged) {
  commands = {{cancel(4), message(6, "hello")}};
  feed.start();
  event_loop.run_until([this] { return host.calls.size() == 2; });
  EXPECT_THAT(acted, ElementsAre(CommandKind::cancel, CommandKind::operator_message));
  EXPECT_EQ(acknowledged(), 6);
  EXPECT_THAT(store.operator_messages(), SizeIs(1));
}

TEST_F(CommandFeedTest, AMessageThatCannotBeKeptIsNotAcknowledged) {
  store_fails();
  commands = {{message(6, "hello")}};
  feed.start();
  event_loop.run_until([this] { return !problems.empty(); });
  EXPECT_THAT(acted, IsEmpty());
  EXPECT_EQ(store.last_command(), 0);
  EXPECT_THAT(host.calls, SizeIs(1));
}

TEST_F(CommandFeedTest, AMessageThatCannotBeKeptHoldsUpNoCancel) {
  store_fails();
  commands = {{message(6, "hello"), cancel(7), message(8, "second")}};
  host.script = [this](const FakeHost::Call& call) {
    if (host.calls.size() <= 2) host.reply(call, turns::kCommands, commands);
  };
  feed.start();
  event_loop.run_until([this] { return host.calls.size() == 2 && problems.size() == 2; });
  EXPECT_THAT(acted, ElementsAre(CommandKind::cancel)) << "once";
  EXPECT_EQ(store.last_command(), 0);
}

TEST_F(CommandFeedTest, ACommandIsNotDoneAgainBecauseItCannotBeKept) {
  store_fails();
  commands = {{cancel(4)}};
  feed.start();
  event_loop.run_until([this] { return host.calls.size() == 2; });
  EXPECT_THAT(acted, ElementsAre(CommandKind::cancel));
  EXPECT_EQ(acknowledged(), 4);
  EXPECT_THAT(problems, SizeIs(1));
}

}  // namespace
}  // namespace hive::harness
