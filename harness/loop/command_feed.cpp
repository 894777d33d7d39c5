#include "loop/command_feed.hpp"

#include <hive/sdk/crash_point.hpp>

namespace hive::harness {
namespace {

constexpr std::int64_t kPollSeconds = 180;
constexpr std::chrono::milliseconds kAfterProblem{5'000};

}  // namespace

CommandFeed::CommandFeed(os::EventLoop& event_loop, HostLink& link, TurnStore& store, Act act,
                         std::function<void(std::string)> problem)
    : event_loop_(event_loop), link_(link), store_(store), act_(std::move(act)), problem_(std::move(problem)) {}

void CommandFeed::poll() {
  call_ = link_.call<turns::TakeCommands, turns::Commands>(
      turns::kCommands, {.after = store_.last_command(), .wait_seconds = kPollSeconds}, Repeat::safe,
      [this](Result<turns::Commands> commands) { take(std::move(commands)); });
}

void CommandFeed::poll_later() {
  pause_ = event_loop_.after(kAfterProblem, [this] { poll(); });
}

void CommandFeed::take(Result<turns::Commands> commands) {
  if (!commands) {
    const auto code = commands.error().code;
    if (code == Code::timeout || code == Code::cancelled) return poll();
    if (code != Code::unavailable) problem_(commands.error().message);
    if (code == Code::invalid_params)  // the host never gave the command that we acknowledge
      if (auto done = store_.restart_commands(); !done) problem_(done.error().message);
    return poll_later();
  }
  bool is_held_up = false;
  for (const auto& command : commands->commands) {
    if (!is_held_up)
      is_held_up = !take_one(command);
    else if (command.kind != turns::CommandKind::operator_message && acted_.insert(command.id).second)
      act_(command);  // a message that cannot be kept holds up no cancel
  }
  if (is_held_up) return poll_later();
  poll();
}

bool CommandFeed::take_one(const turns::Command& command) {
  std::optional<OperatorMessage> message;
  if (command.kind == turns::CommandKind::operator_message)
    message = OperatorMessage{command.id, wall_time(), command.text.value_or("")};
  else if (acted_.erase(command.id) == 0)
    act_(command);
  if (auto kept = store_.take_command(command.id, message); !kept) {
    problem_(kept.error().message);
    return !message;  // a message comes again; what was done is not done again
  }
  crash_point("harness.command.kept");
  if (message) act_(command);
  return true;
}

}  // namespace hive::harness
