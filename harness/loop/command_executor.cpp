#include "loop/command_executor.hpp"

#include "loop/model.hpp"

namespace hive::harness {
namespace {

using turns::CommandKind;

constexpr std::int64_t kKeepDays = 7, kKeepRows = 2'000, kKeepStatDays = 180;

}  // namespace

void CommandExecutor::execute(const turns::Command& command, OneTurn* turn) {
  const auto done = carry_out(command, turn);
  page::Note note{.text = done ? *done : std::string(name_of(command.kind)) + ": " + done.error().message};
  if (!done) parts_.shop.log(note.text);
  if (note.text.empty()) return;
  note.command = command.kind;
  note.id = command.id;
  if (command.kind == CommandKind::operator_message) note.typed = command.text;
  parts_.shop.bus.publish("note", encode_text(note));
}

Result<std::string> CommandExecutor::carry_out(const turns::Command& command, OneTurn* turn) {
  const auto& shop = parts_.shop;
  Status done;
  std::string said;
  switch (command.kind) {
    case CommandKind::cancel: said = cancel(command, turn); break;
    case CommandKind::compact:
      done = shop.turns.set_compact(wall_time());
      said = "The session is compacted as soon as no turn runs.";
      break;
    case CommandKind::new_session:
      done = shop.turns.want_new_session();
      said = "The next turn begins a new session.";
      break;
    case CommandKind::model:
      done = choose_model(shop.options, command.model);
      parts_.cli.tell_model();
      said = "The next turn uses " + parts_.cli.model().name + ".";
      break;
    case CommandKind::pause:
    case CommandKind::resume:
    case CommandKind::park: said = hold(command); break;
    case CommandKind::sweep: done = sweep(command); break;
    case CommandKind::operator_message: said = "The operator wrote a message."; break;  // the next mail has it
  }
  if (!done) return done.error();
  return said;
}

/// Of the turn that it names, whatever that does now; one that names none is for what runs.
std::string CommandExecutor::cancel(const turns::Command& command, OneTurn* turn) {
  const bool is_meant = !command.turn || (turn != nullptr && turn->mail().turn == command.turn);
  if (!is_meant) return "Turn " + std::to_string(*command.turn) + " is not under way; nothing was cancelled.";
  if (turn == nullptr && !parts_.shop.driver.is_running()) return "There is no turn to cancel.";
  if (turn != nullptr) turn->cancel();
  parts_.shop.driver.stop(StopReason::operators);
  return turn != nullptr ? "The operator cancels the turn." : "The operator cancels the compaction.";
}

/// Whether turns begin.
std::string CommandExecutor::hold(const turns::Command& command) {
  if (command.kind == CommandKind::pause) {
    parts_.holds.pause();
    return "Turns are paused.";
  }
  if (command.kind == CommandKind::park) {
    parts_.holds.park(command.until);
    return "No turn begins before " + to_text(command.until.value_or(wall_time())) + ".";
  }
  parts_.holds.resume();
  return "Turns begin again.";
}

Status CommandExecutor::sweep(const turns::Command& command) {
  auto done = parts_.shop.bus.sweep(command.keep_days.value_or(kKeepDays), command.keep_rows.value_or(kKeepRows));
  return done ? parts_.shop.stats.sweep(kKeepStatDays) : done;
}

}  // namespace hive::harness
