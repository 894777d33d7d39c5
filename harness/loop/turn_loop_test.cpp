#include "loop/turn_loop.hpp"

#include "testing/fake_host.hpp"

#include <gmock/gmock.h>

#include <sys/prctl.h>

#include <filesystem>
#include <fstream>

namespace hive::harness {
namespace {

using ::testing::ElementsAre;
using testing::FakeHost;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TemporaryFolder;

constexpr std::string_view kHangs = "exec tail -f /dev/null";
constexpr std::string_view kIsDone = R"(echo '{"type":"result","is_error":false,"result":"done"}')";
constexpr std::string_view kIsTooLong =
    R"(echo '{"type":"result","is_error":true,"terminal_reason":"prompt_too_long","result":"too long"}')";
constexpr std::string_view kIsRefused =
    R"(echo '{"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":529,"result":"busy"}')";
constexpr std::string_view kTakesMore =
    R"(echo '{"type":"assistant","message":{"content":[{"type":"tool_use","id":"u1","name":"mcp__hyperhive__recv"}]}}'
echo '{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"u1","content":"{\"messages\":[]}"}]}}'
)";
constexpr std::string_view kBegins = R"(echo '{"type":"system","subtype":"init","session_id":"s"}'
)";
constexpr std::string_view kFails = R"(echo '{"type":"system","subtype":"init","session_id":"s"}'
exit 3)";
constexpr std::string_view kIsForbidden =
    R"(echo '{"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":400,"result":"no"}')";

std::filesystem::path made(std::filesystem::path folder) {
  std::filesystem::create_directories(folder);
  return folder;
}

/// The loop with a shell script as the CLI and one message in the mailbox.
class TurnLoopTest : public ::testing::Test {
 protected:
  TurnLoopTest() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    std::filesystem::create_symlink(std::filesystem::path(HIVE_SOURCE_DIR) / "prompts", folder.path() / "prompts");
    std::ofstream(folder.path() / "credential.json") << R"({"api_key":"test-key"})";
    host.script = [this](const FakeHost::Call& call) { answer(call); };
  }
  Options made_options() {
    Options made;
    made.config_dir = made.state_dir = made.home_dir = made.share_dir = folder.path();
    made.claude = folder.path() / "claude";
    made.grace = std::chrono::seconds(0);
    return made;
  }
  void cli_runs(std::string_view script) {
    std::ofstream(options.claude) << "#!/bin/sh\ncase \"$*\" in *--continue*) echo goes on;; *) echo anew;; esac >> "
                                  << (folder.path() / "runs").string() << "\n"
                                  << script << "\n";
    std::filesystem::permissions(options.claude, std::filesystem::perms::owner_all);
  }
  std::size_t runs() const {
    std::ifstream file(folder.path() / "runs");
    std::size_t count = 0;
    for (std::string line; std::getline(file, line);) ++count;
    return count;
  }

  void answer(const FakeHost::Call& call) {
    if (call.method == "broker.turn_begin")
      return host.reply(call, R"({"turn":)" + std::to_string(++turn) + R"(,"returned":0})");
    if (call.method == "turns.gate") return host.reply(call, R"({"paused":false})");
    if (call.method == "turns.report") return reported(call);
    if (call.method == "broker.turn_end") return ended(call);
    if (call.method != "broker.recv") return host.refuse(call, "method_not_found", "nobody answers " + call.method);
    if (turn > last_turn) return loop.stop();  // parks for ever
    host.reply(
        call,
        R"({"messages":[{"id":1,"from":"bob","to":"alice","kind":"agent","body":"hello","sent_at":"2026-01-01T00:00:00.000Z"}],"waiting":0})");
  }
  void reported(const FakeHost::Call& call) {
    host.reply(call, "{}");
    const auto state = text_at(call.params, "state");
    if (state == stop_in) poller.after(delay, [this] { loop.stop(); });
  }
  void ended(const FakeHost::Call& call) {
    if (!refusals.empty()) {
      const auto code = refusals.front();
      refusals.erase(refusals.begin());
      return host.refuse(call, code, "not now");
    }
    ends.push_back(call.params);
    host.reply(call, "{}");
  }
  std::vector<std::string> prompts() const {
    std::vector<std::string> prompts;
    for (const auto& event : bus.recent())
      if (event.kind == "turn_start") prompts.emplace_back(json::parse(event.payload).at("prompt").as_string());
    return prompts;
  }
  std::vector<std::string> unseen(std::size_t end) const {
    std::vector<std::string> keys;
    for (const auto& key : ends.at(end).at("unseen").as_array()) keys.emplace_back(key.as_string());
    return keys;
  }

  TemporaryFolder folder;
  const Options options = made_options();
  agent::Config config{.name = "alice"};
  Poller poller;
  FakeHost host{poller, made(folder.path() / "run")};
  HostLink link{poller, folder.path() / "run"};
  std::function<void(std::string)> log = [this](std::string text) { logged.push_back(std::move(text)); };
  EventBus bus{folder.path() / "events.sqlite", log};
  TurnStore turns{folder.path() / "turns.sqlite", log};
  StatStore stats{folder.path() / "stats.sqlite", log};
  LoginWatch login{poller, options};
  Reporter reporter{poller, link, bus, folder.path() / "notes.md"};
  Driver driver{poller, options, bus, reporter};
  TurnLoop loop{{options, config, poller, link, bus, reporter, turns, stats, login, driver, log}};

  /// Whether the CLI was told to go on with a session, run by run.
  std::vector<std::string> sessions() const {
    std::ifstream file(folder.path() / "runs");
    std::vector<std::string> sessions;
    for (std::string line; std::getline(file, line);) sessions.push_back(line);
    return sessions;
  }
  /// Gives a command when the loop says that it is in `state`, once.
  void act_in(std::string state, turns::Command command) {
    bus.subscribe([this, state = "\"state\":\"" + state + "\"", command, done = false](const LiveEvent& event) mutable {
      if (done || event.kind != "turn_state_changed" || event.payload.find(state) == event.payload.npos) return;
      done = true;
      poller.after(milliseconds(0), [this, command] { loop.act(command); });
    });
  }
  std::vector<std::string> notes() const {
    std::vector<std::string> notes;
    for (const auto& event : bus.recent())
      if (event.kind == "note") notes.emplace_back(json::parse(event.payload).at("text").as_string());
    return notes;
  }
  std::size_t calls(std::string_view method) const {
    return std::size_t(std::ranges::count(host.calls, method, &FakeHost::Call::method));
  }

  std::string stop_in = "none";
  static constexpr milliseconds delay{200};
  std::int64_t turn = 0, last_turn = 1;
  std::vector<std::string> logged, refusals;
  std::vector<json::object> ends;
};

TEST_F(TurnLoopTest, ATurnThatEndsWellSettlesItsMessages) {
  cli_runs(kIsDone);
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
  EXPECT_THAT(unseen(0), IsEmpty());
}

TEST_F(TurnLoopTest, AStopInTheMiddleCountsAgainstNoMessage) {
  cli_runs(std::string(kTakesMore) + std::string(kHangs));
  stop_in = "thinking";
  loop.run();
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_FALSE(ends[0].at("ok").as_bool());
  ASSERT_THAT(unseen(0), SizeIs(2));
  EXPECT_THAT(unseen(0)[0], ::testing::EndsWith("-u1"));
  EXPECT_EQ(unseen(0)[1], "wake-1-0");
}

TEST_F(TurnLoopTest, NorDoesOneWhileTheVendorIsWaitedFor) {
  cli_runs(kIsRefused);
  stop_in = "retrying";
  loop.run();
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_THAT(unseen(0), ElementsAre("wake-1-0"));
}

TEST_F(TurnLoopTest, AfterAStopNothingIsCompactedAndNoRunBegins) {
  cli_runs("sleep 0.5\n" + std::string(kIsTooLong) + "\nsleep 0.2");
  stop_in = "compacting";
  loop.run();
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_EQ(runs(), 2u) << "the turn and the compaction that was cut off";
  EXPECT_THAT(unseen(0), ElementsAre("wake-1-0"));
}

TEST_F(TurnLoopTest, CompactingThatWasAskedForComesBeforeTheNextTurn) {
  cli_runs(kIsDone);
  ASSERT_TRUE(turns.set_compact(Time{1}).has_value());
  loop.run();
  EXPECT_EQ(runs(), 2u);
  EXPECT_FALSE(turns.compact_since());
}

TEST_F(TurnLoopTest, CompactingThatAStopCutOffIsWantedStill) {
  cli_runs(kHangs);
  ASSERT_TRUE(turns.set_compact(Time{1}).has_value());
  stop_in = "compacting";
  loop.run();
  EXPECT_EQ(turns.compact_since(), Time{1});
}

TEST_F(TurnLoopTest, ACommandThatWasTakenIsANoteThatNamesIt) {
  loop.act({.id = 7, .kind = hive::turns::CommandKind::operator_message, .text = "hello"});
  const auto note = decode_text<page::Note>(bus.recent().back().payload, Unknown::refuse);
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note->command, hive::turns::CommandKind::operator_message);
  EXPECT_EQ(note->id, 7);
  EXPECT_EQ(note->typed, "hello");
  const auto before = bus.last();
  loop.act({.id = 8, .kind = hive::turns::CommandKind::sweep});
  EXPECT_EQ(bus.last(), before);
}

TEST_F(TurnLoopTest, ThePageShowsWhatWaits) {
  for (int id = 1; id <= 40; ++id)
    ASSERT_TRUE(turns.take_command(id, OperatorMessage{id, Time{id}, std::string(1'000, 'x')}).has_value());
  loop.act({.id = 41, .kind = hive::turns::CommandKind::compact});
  loop.act({.id = 42, .kind = hive::turns::CommandKind::model, .model = "opus"});
  const auto state = loop.page_state();
  EXPECT_EQ(state.queue.typed_count, 40);
  ASSERT_THAT(state.queue.typed, SizeIs(32));
  EXPECT_EQ(state.queue.typed[0].text.size(), 512u);
  EXPECT_TRUE(state.queue.compact_since);
  EXPECT_FALSE(state.queue.new_session_since);
  EXPECT_EQ(state.model.name, "opus");
  EXPECT_EQ(state.model.from, page::ModelFrom::choice);
  EXPECT_FALSE(state.model.in_use);
  EXPECT_EQ(state.login, page::Login::key);
  loop.act({.id = 43, .kind = hive::turns::CommandKind::model, .model = "default"});
  EXPECT_EQ(loop.page_state().model.from, page::ModelFrom::built_in);
}

TEST_F(TurnLoopTest, AFailureOfTheMessagesStillCounts) {
  cli_runs(kFails);
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_FALSE(ends[0].at("ok").as_bool());
  EXPECT_THAT(unseen(0), IsEmpty());
}

TEST_F(TurnLoopTest, AnOutcomeIsToldUntilTheHostTookIt) {
  cli_runs(kIsDone);
  refusals = {"busy", "internal"};
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_EQ(ends[0].at("turn").as_int64(), 1);
  EXPECT_TRUE(ends[0].at("ok").as_bool());
}

TEST_F(TurnLoopTest, AnOutcomeThatTheHostWillNeverTakeIsGivenUp) {
  cli_runs(kIsDone);
  refusals = {"not_found"};
  loop.run();
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_EQ(ends[0].at("turn").as_int64(), 2);
}

TEST_F(TurnLoopTest, WhatTheOperatorTypedIsSettledWithATurnThatEndedWell) {
  ASSERT_TRUE(turns.take_command(1, OperatorMessage{1, wall_time(), "typed"}).has_value());
  cli_runs(kIsDone);
  loop.run();
  EXPECT_THAT(prompts(), ElementsAre(::testing::HasSubstr("typed")));
  EXPECT_THAT(turns.operator_messages(), IsEmpty());
}

TEST_F(TurnLoopTest, WhatTheOperatorTypedIsHandedOutAgainAfterATurnThatFailed) {
  ASSERT_TRUE(turns.take_command(1, OperatorMessage{1, wall_time(), "typed"}).has_value());
  cli_runs(kFails);
  loop.run();
  ASSERT_THAT(turns.operator_messages(), SizeIs(1));
  EXPECT_EQ(turns.operator_messages()[0].tries, 1);
}

TEST_F(TurnLoopTest, APromptHoldsAsMuchOfWhatWasTypedAsFits) {
  for (std::int64_t id = 1; id <= 3; ++id)
    ASSERT_TRUE(turns.take_command(id, OperatorMessage{id, wall_time(), std::string(60'000, 'x')}).has_value());
  cli_runs(kIsDone);
  loop.run();
  ASSERT_THAT(turns.operator_messages(), SizeIs(1));
  EXPECT_EQ(turns.operator_messages()[0].id, 3);
}

TEST_F(TurnLoopTest, ANewSessionThatIsAskedForWhileOneBeginsIsStillToCome) {
  set_wall_clock([] { return Time{1}; });
  ASSERT_TRUE(turns.want_new_session().has_value());
  set_wall_clock(nullptr);
  bus.subscribe([this](const LiveEvent& event) {
    if (event.kind != "turn_start") return;
    poller.after(milliseconds(0), [this] { loop.act({.id = 1, .kind = turns::CommandKind::new_session}); });
  });
  cli_runs("read -r prompt\necho '{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"s\"}'\nsleep 0.2\n" +
           std::string(kIsDone));
  loop.run();
  EXPECT_TRUE(turns.new_session_since());
}

TEST_F(TurnLoopTest, ACutOffTurnIsToldUntilTheModelWasReached) {
  ASSERT_TRUE(turns.begin(1, 0).has_value());
  turns = TurnStore(folder.path() / "turns.sqlite", log);
  turn = 1;
  bus.subscribe([this](const LiveEvent& event) {
    if (event.kind != "turn_state_changed" || event.payload.find("retrying") == event.payload.npos) return;
    poller.after(milliseconds(0), [this] { loop.act({.id = 1, .kind = turns::CommandKind::resume}); });
  });
  cli_runs("if [ $(wc -l < " + (folder.path() / "runs").string() + ") = 1 ]; then\n" + std::string(kIsRefused) +
           "\nexit 1\nfi\n" + std::string(kIsDone));
  last_turn = 2;
  loop.run();
  EXPECT_THAT(prompts(), ::testing::Each(::testing::HasSubstr("was cut off")));
  EXPECT_THAT(prompts(), SizeIs(2));
  EXPECT_FALSE(turns.cut_off());
}

TEST_F(TurnLoopTest, WhatADroppedSessionReceivedIsUnseen) {
  cli_runs(std::string(kBegins) + "if [ $(wc -l < " + (folder.path() / "runs").string() + ") = 1 ]; then\n" +
           std::string(kTakesMore) + std::string(kIsRefused) + "\nexit 1\nfi\n" + std::string(kIsDone));
  act_in("retrying", {.id = 1, .kind = turns::CommandKind::new_session});
  act_in("retrying", {.id = 2, .kind = turns::CommandKind::resume});
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "anew"));
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
  ASSERT_THAT(unseen(0), SizeIs(1));
  EXPECT_THAT(unseen(0)[0], ::testing::EndsWith("-u1"));
}

TEST_F(TurnLoopTest, ASessionThatIsRefusedTwiceIsDropped) {
  cli_runs(std::string(kBegins) + "case \"$*\" in *--continue*)\n" + std::string(kIsForbidden) + "\nexit 1;; esac\n" +
           std::string(kIsDone));
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "goes on", "anew"));
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
  EXPECT_EQ(calls("broker.send"), 1u) << "the manager is told";
  EXPECT_THAT(notes(), ElementsAre("The vendor refused the session twice: no; a new one begins."));
}

TEST_F(TurnLoopTest, WhatANewSessionIsRefusedForIsChargedToTheMessages) {
  cli_runs(std::string(kBegins) + "if grep -q '<<<message'; then\n" + std::string(kIsForbidden) + "\nexit 1\nfi\n" +
           std::string(kIsDone));
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "goes on", "anew", "anew"));
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_FALSE(ends[0].at("ok").as_bool());
}

TEST_F(TurnLoopTest, AVendorThatRefusesEverythingIsWaitedFor) {
  cli_runs(std::string(kBegins) + std::string(kIsForbidden) + "\nexit 1");
  stop_in = "retrying";
  loop.run();
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_THAT(unseen(0), ElementsAre("wake-1-0")) << "put off";
}

TEST_F(TurnLoopTest, ASessionThatTheCliCannotReadIsDropped) {
  cli_runs("case \"$*\" in *--continue*) echo broken >&2; exit 1;; esac\n" + std::string(kBegins) +
           std::string(kIsDone));
  bus.subscribe([this](const LiveEvent& event) {
    if (event.kind == "turn_state_changed" && event.payload.find("retrying") != event.payload.npos)
      poller.after(milliseconds(0), [this] { loop.act({.id = 9, .kind = turns::CommandKind::resume}); });
  });
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "goes on", "anew"));
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
}

TEST_F(TurnLoopTest, WhatEndedWellAndCannotBeReadIsNotRepeated) {
  cli_runs(std::string(kBegins) + "echo no result");
  loop.run();
  EXPECT_EQ(runs(), 1u);
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
}

TEST_F(TurnLoopTest, APauseHoldsBetweenAttempts) {
  cli_runs(std::string(kBegins) + std::string(kIsRefused) + "\nexit 1");
  act_in("retrying", {.id = 1, .kind = turns::CommandKind::pause});
  stop_in = "paused";
  loop.run();
  EXPECT_EQ(runs(), 1u);
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_THAT(unseen(0), ElementsAre("wake-1-0"));
}

TEST_F(TurnLoopTest, AParkThatCameDuringAnAttemptHoldsTheNextOne) {
  cli_runs(std::string(kBegins) + "sleep 0.3\n" + std::string(kIsTooLong) + "\nexit 1");
  act_in("thinking", {.id = 1, .kind = turns::CommandKind::park, .until = kLastMoment});
  stop_in = "rate_limited";
  loop.run();
  EXPECT_THAT(sessions(), ElementsAre("goes on", "goes on")) << "the turn and the compaction";
  EXPECT_THAT(ends, SizeIs(1));
}

TEST_F(TurnLoopTest, CancelEndsATurnThatWaits) {
  cli_runs(std::string(kBegins) + std::string(kIsRefused) + "\nexit 1");
  act_in("retrying", {.id = 1, .kind = turns::CommandKind::cancel, .turn = 1});
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
  EXPECT_EQ(runs(), 1u);
}

TEST_F(TurnLoopTest, CancelEndsATurnThatWaitsForALogin) {
  cli_runs(std::string(kBegins) +
           R"(echo '{"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":401}')" +
           "\nexit 1");
  act_in("needs_login", {.id = 1, .kind = turns::CommandKind::cancel, .turn = 1});
  act_in("needs_login", {.id = 2, .kind = turns::CommandKind::resume});
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_TRUE(ends[0].at("ok").as_bool());
}

TEST_F(TurnLoopTest, ACancelForAnotherTurnEndsNothing) {
  cli_runs(std::string(kBegins) + "sleep 0.3\n" + std::string(kIsDone));
  act_in("thinking", {.id = 1, .kind = turns::CommandKind::cancel, .turn = 7});
  loop.run();
  ASSERT_THAT(ends, SizeIs(2));
  const auto kept = stats.list({.limit = 8}, std::size_t(1) << 20);
  ASSERT_TRUE(kept.has_value());
  ASSERT_THAT(kept->turns, SizeIs(1));
  EXPECT_EQ(kept->turns[0].result_kind, "ok");
  EXPECT_THAT(notes(), ElementsAre("Turn 7 is not under way; nothing was cancelled."));
}

TEST_F(TurnLoopTest, ADurationIsNotOfTheWallClock) {
  static std::int64_t looks = 0;
  set_wall_clock([] { return Time{1'000'000'000 - ++looks * 60'000}; });  // set back again and again
  cli_runs(std::string(kBegins) + std::string(kIsDone));
  loop.run();
  set_wall_clock(nullptr);
  const auto kept = stats.list({.limit = 8}, std::size_t(1) << 20);
  ASSERT_TRUE(kept.has_value());
  ASSERT_THAT(kept->turns, SizeIs(1));
  EXPECT_GE(kept->turns[0].duration_ms, 0);
  EXPECT_LT(kept->turns[0].ended_at, kept->turns[0].started_at);
}

TEST_F(TurnLoopTest, ALoginIsToldToThePage) {
  std::filesystem::remove(folder.path() / "credential.json");
  bus.subscribe([this](const LiveEvent& event) {
    if (event.kind == "status_changed" && event.payload.find("needs_login") != event.payload.npos)
      std::ofstream(folder.path() / "credential.json") << R"({"api_key":"test-key"})";
  });
  cli_runs(kIsDone);
  loop.run();
  std::vector<std::string> told;
  for (const auto& event : bus.recent())
    if (event.kind == "status_changed") told.push_back(event.payload);
  EXPECT_THAT(told, ElementsAre(R"({"status":"needs_login_idle"})", R"({"status":"online"})"));
  EXPECT_EQ(runs(), 1u);
}

TEST_F(TurnLoopTest, ASweepKeepsStatisticsOf180Days) {
  constexpr std::int64_t kDayMs = 86'400'000;
  for (const std::int64_t days : {181, 179})
    ASSERT_TRUE(stats.add("alice", {.started_at = Time{wall_time().ms - days * kDayMs}}).has_value());
  loop.act({.id = 1, .kind = turns::CommandKind::sweep});
  const auto kept = stats.list({.limit = 8}, std::size_t(1) << 20);
  ASSERT_TRUE(kept.has_value());
  ASSERT_THAT(kept->turns, SizeIs(1));
  EXPECT_GT(kept->turns[0].started_at.ms, wall_time().ms - 180 * kDayMs);
}

}  // namespace
}  // namespace hive::harness
