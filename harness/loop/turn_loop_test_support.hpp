#pragma once
#include "loop/turn_loop.hpp"

#include "testing/fake_host.hpp"

#include <gmock/gmock.h>

#include <sys/prctl.h>

#include <filesystem>
#include <fstream>

namespace hive::harness::testing {

inline constexpr std::string_view kHangs = "exec tail -f /dev/null";
inline constexpr std::string_view kIsDone = R"(echo '{"type":"result","is_error":false,"result":"done"}')";
inline constexpr std::string_view kIsTooLong =
    R"(echo '{"type":"result","is_error":true,"terminal_reason":"prompt_too_long","result":"too long"}')";
inline constexpr std::string_view kIsRefused =
    R"(echo '{"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":529,"result":"busy"}')";
inline constexpr std::string_view kTakesMore =
    R"(echo '{"type":"assistant","message":{"content":[{"type":"tool_use","id":"u1","name":"mcp__hyperhive__recv"}]}}'
echo '{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"u1","content":"{\"messages\":[]}"}]}}'
)";
inline constexpr std::string_view kBegins = R"(echo '{"type":"system","subtype":"init","session_id":"s"}'
)";
inline constexpr std::string_view kFails = R"(echo '{"type":"system","subtype":"init","session_id":"s"}'
exit 3)";
inline constexpr std::string_view kIsForbidden =
    R"(echo '{"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":400,"result":"no"}')";

inline std::filesystem::path made(std::filesystem::path folder) {
  std::filesystem::create_directories(folder);
  return folder;
}

/// The loop with a shell script as the CLI and one message in the mailbox.
class TurnLoopTest : public ::testing::Test {
 protected:
  explicit TurnLoopTest(std::chrono::seconds exit_limit = std::chrono::seconds(30)) : exit_limit_(exit_limit) {
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
    made.exit_limit = exit_limit_;
    return made;
  }
  void cli_runs(std::string_view script) {
    std::ofstream(options.claude)
        << "#!/bin/sh\ncase \"$*\" in *--continue*|*--resume*) echo goes on;; *) echo anew;; esac >> "
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

  const std::chrono::seconds exit_limit_;
  TemporaryFolder folder;
  const Options options = made_options();
  agent::Config config{.name = "alice"};
  EventLoop event_loop;
  FakeHost host{event_loop, made(folder.path() / "run")};
  HostLink link{event_loop, folder.path() / "run"};
  std::function<void(std::string)> log = [this](std::string text) { logged.push_back(std::move(text)); };
  EventBus bus{folder.path() / "events.sqlite", log};
  TurnStore turns{folder.path() / "turns.sqlite", log};
  StatStore stats{folder.path() / "stats.sqlite", log};
  LoginWatch login{event_loop, options};
  Reporter reporter{event_loop, link, bus, folder.path() / "notes.md"};
  Driver driver{event_loop, options, bus, reporter};
  TurnLoop loop{{options, config, event_loop, link, bus, reporter, turns, stats, login, driver, log}};

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

  std::string stop_in = "none";
  static constexpr milliseconds delay{200};
  EventLoop::Timer stopping;
  std::int64_t turn = 0, last_turn = 1;
  std::vector<std::string> logged, refusals;
  std::vector<json::object> ends;
};

}  // namespace hive::harness::testing
