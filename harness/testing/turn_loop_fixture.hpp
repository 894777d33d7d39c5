#pragma once
#include <hive/os/testing/fake_processes.hpp>
#include <hive/os/testing/manual_time.hpp>
#include <hive/rpc/testing/fake_host.hpp>
#include <hive/testing/temporary_folder.hpp>

#include "json_read.hpp"
#include "loop/turn_loop.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace hive::harness::testing {

using hive::testing::TemporaryFolder;
using rpc::testing::FakeHost;
using std::chrono::milliseconds;
using CliStart = os::testing::FakeProcesses::Started;
/// What the CLI does in a test; each step is a line of it or its end.
using Cli = os::testing::Program;

inline constexpr std::string_view kIsDone = R"({"type":"result","is_error":false,"result":"done"})";
inline constexpr std::string_view kIsTooLong =
    R"({"type":"result","is_error":true,"terminal_reason":"prompt_too_long","result":"too long"})";
inline constexpr std::string_view kIsRefused =
    R"({"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":529,"result":"busy"})";
inline constexpr std::string_view kIsForbidden =
    R"({"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":400,"result":"no"})";
inline constexpr std::string_view kTakesMore =
    R"({"type":"assistant","message":{"content":[{"type":"tool_use","id":"u1","name":"mcp__hyperhive__recv"}]}}
{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"u1","content":"{\"messages\":[]}"}]}})";
inline constexpr std::string_view kBegins = R"({"type":"system","subtype":"init","session_id":"s"})";

/// One that writes `lines` and ends with `code`.
inline Cli says(std::initializer_list<std::string_view> lines, int code = 0) {
  Cli cli;
  for (const auto line : lines) cli.line(line);
  return cli.exits(code);
}

inline bool goes_on(const CliStart& start) {
  return start.has("--continue") || start.has("--resume");
}

inline std::filesystem::path made(std::filesystem::path folder) {
  std::filesystem::create_directories(folder);
  return folder;
}

/// The loop with a fake CLI and one message in the mailbox. Both clocks go by the loop's time.
class TurnLoopTest : public ::testing::Test {
 protected:
  explicit TurnLoopTest(std::chrono::seconds exit_limit = std::chrono::seconds(30)) : exit_limit_(exit_limit) {
    shared_time = &time;
    set_wall_clock([] {
      return Time{kMorning + std::chrono::duration_cast<milliseconds>(shared_time->now().time_since_epoch()).count()};
    });
    std::filesystem::create_symlink(std::filesystem::path(HIVE_SOURCE_DIR) / "prompts", folder.path() / "prompts");
    std::ofstream(folder.path() / "credential.json") << R"({"api_key":"test-key"})";
    host.script = [this](const FakeHost::Call& call) { answer(call); };
  }
  ~TurnLoopTest() override { set_wall_clock(nullptr); }

  Options made_options() {
    Options made;
    made.config_dir = made.state_dir = made.home_dir = made.share_dir = folder.path();
    made.claude = folder.path() / "claude";
    made.grace = std::chrono::seconds(0);
    made.exit_limit = exit_limit_;
    return made;
  }
  void cli_runs(std::function<Cli(const CliStart&)> chosen) {
    processes.program = [chosen = std::move(chosen)](const CliStart& start) { return Result<Cli>(chosen(start)); };
  }
  void cli_runs(Cli cli) {
    cli_runs([cli = std::move(cli)](const CliStart&) { return cli; });
  }
  std::size_t runs() const { return processes.started.size(); }
  /// Whether the CLI was told to go on with a session, run by run.
  std::vector<std::string> sessions() const {
    std::vector<std::string> sessions;
    sessions.reserve(runs());
    for (const auto& start : processes.started) sessions.emplace_back(goes_on(start) ? "goes on" : "anew");
    return sessions;
  }

  void answer(const FakeHost::Call& call) {
    if (call.method == "broker.turn_begin") return host.reply(call, broker::kTurnBegin, {++turn, 0});
    if (call.method == "turns.gate") return host.reply(call, turns::kGate, {.paused = false});
    if (call.method == "turns.report") return reported(call);
    if (call.method == "broker.turn_end") return ended(call);
    if (call.method != "broker.recv") return host.refuse(call, Code::method_not_found, "nobody answers " + call.method);
    if (turn > last_turn) return loop.stop();  // parks for ever
    const broker::Message hello{
        .id = 1, .from = "bob", .to = "alice", .body = "hello", .sent_at = Time{1'767'225'600'000}};
    host.reply(call, broker::kRecv, {.messages = {hello}});
  }
  void reported(const FakeHost::Call& call) {
    host.reply(call, "{}");
    const auto state = text_at(call.params, "state");
    if (state == stop_in) stopping = event_loop.after(delay, [this] { loop.stop(); });
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
  /// Gives a command when the loop says that it is in `state`, once.
  void act_in(std::string state, turns::Command command) {
    bus.subscribe([this, state = "\"state\":\"" + state + "\"", command, done = false](const LiveEvent& event) mutable {
      if (done || event.kind != "turn_state_changed" || event.payload.find(state) == event.payload.npos) return;
      done = true;
      event_loop.post([this, command] { loop.act(command); });
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

  static constexpr std::int64_t kMorning = 1'780'000'000'000;
  static inline const os::testing::ManualTime* shared_time = nullptr;

  const std::chrono::seconds exit_limit_;
  TemporaryFolder folder;
  const Options options = made_options();
  agent::Config config{.name = "alice"};
  os::testing::ManualTime time;
  os::EventLoop event_loop{time};
  os::testing::FakeProcesses processes{event_loop};
  FakeHost host{event_loop, made(folder.path() / "run")};
  HostLink link{event_loop, folder.path() / "run"};
  std::function<void(std::string)> log = [this](std::string text) { logged.push_back(std::move(text)); };
  EventBus bus{folder.path() / "events.sqlite", log};
  TurnStore turns{folder.path() / "turns.sqlite", log};
  StatStore stats{folder.path() / "stats.sqlite", log};
  LoginWatch login{event_loop, options};
  Reporter reporter{event_loop, link, bus, folder.path() / "notes.md"};
  Driver driver{{event_loop, processes}, options, bus, reporter};
  TurnLoop loop{{options, config, event_loop, link, bus, reporter, turns, stats, login, driver, log}};

  std::string stop_in = "none";
  static constexpr milliseconds delay{200};
  os::EventLoop::Timer stopping;
  std::int64_t turn = 0, last_turn = 1;
  std::vector<std::string> logged;
  std::vector<Code> refusals;
  std::vector<json::object> ends;
};

}  // namespace hive::harness::testing
