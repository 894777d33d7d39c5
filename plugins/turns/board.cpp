#include "board.hpp"

#include <hive/sdk/bounded_list.hpp>

namespace hive::turns {

void Board::fill(Kept kept) {
  for (auto& [name, report] : kept.reports) agents_[name].report = std::move(report);
  for (auto& waiting : kept.commands) agents_[waiting.name].commands.push_back(std::move(waiting.command));
  for (auto& [name, row] : kept.damaged) agents_[name].damaged.push_back(std::move(row));
  paused_ = std::move(kept.paused);
  incarnations_ = std::move(kept.incarnations);
  last_id_ = kept.last_id;
}

Agent* Board::find(const std::string& name) {
  const auto found = agents_.find(name);
  return found == agents_.end() ? nullptr : &found->second;
}

bool Board::meet(const std::string& name, const lifecycle::Incarnation& incarnation) {
  const auto known = incarnations_.find(name);
  if (known != incarnations_.end() && known->second == incarnation) return false;
  if (known != incarnations_.end()) forget(name);
  incarnations_[name] = incarnation;
  return true;
}

void Board::taken(const std::string& name, std::int64_t last) {
  auto& agent = agents_[name];
  std::erase_if(agent.commands, [last](const Command& command) { return command.id <= last; });
  std::erase_if(agent.damaged, [last](const Damaged& row) { return row.command != 0 && row.command <= last; });
}

void Board::forget_report(const std::string& name) {
  const auto found = agents_.find(name);
  if (found == agents_.end()) return;
  found->second.report.reset();
  std::erase_if(found->second.damaged, &is_report);
  found->second.given.notify_all();
}

void Board::forget(const std::string& name) {
  incarnations_.erase(name);
  paused_.erase(name);
  const auto found = agents_.find(name);
  if (found == agents_.end()) return;
  found->second.given.notify_all();  // it must have no waiter when it goes
  agents_.erase(found);
}

AllTurns Board::list() const {
  AllTurns all{.paused = swarm_paused()};
  std::vector<Unreadable> unreadable;
  for (const auto& [name, agent] : agents_) {
    if (agent.report) all.agents.push_back({name, *agent.report});
    for (const auto& row : agent.damaged)
      unreadable.push_back({is_report(row) ? name : name + "'s command " + std::to_string(row.command), row.why});
  }
  all.unreadable = named(unreadable);
  for (const auto& name : paused_)
    if (name != kSwarm) all.paused_agents.push_back(name);
  return all;
}

std::vector<std::string> Board::names() const {
  std::vector<std::string> names;
  for (const auto& [name, agent] : agents_)
    if (agent.report) names.push_back(name);
  return names;
}

Waiting Board::waiting_for(const std::string& name, Command command) const {
  const auto known = incarnations_.find(name);
  return {name, std::move(command), known != incarnations_.end() ? known->second : lifecycle::Incarnation()};
}

void Board::give(const std::vector<Waiting>& commands, const std::vector<std::int64_t>& ids) {
  for (std::size_t i = 0; i < commands.size(); ++i) {
    last_id_ = std::max(last_id_, ids[i]);
    const auto known = incarnations_.find(commands[i].name);
    if (!commands[i].of.empty() && (known == incarnations_.end() || known->second != commands[i].of)) continue;
    auto& agent = agents_[commands[i].name];
    agent.commands.push_back(commands[i].command);
    agent.commands.back().id = ids[i];
    agent.given.notify_all();
  }
}

void Board::change_pause(const std::string& name, Store::Pause what) {
  if (what == Store::Pause::set)
    paused_.insert(name);
  else
    paused_.erase(name);
}

bool shows_the_same(const Report& a, const Report& b) {
  auto shown = b;
  shown.last_output_at = a.last_output_at;
  return encode_value(a) == encode_value(shown);
}

std::vector<Command> oldest_of(const std::vector<Command>& commands) {
  BoundedList<Command> oldest({.rows = commands.size()});
  for (const auto& command : commands)
    if (!oldest.add(command, encode_text(command).size())) break;
  return oldest.take();
}

hive::Status may_command(const std::string& name, const std::optional<Report>& report, const GiveCommand& what) {
  const bool runs = report && report->status != Status::offline;
  const auto refusal = [&](std::string_view needs) {
    std::string found = "it has not reported yet";
    if (report) found = runs ? "it is " + std::string(name_of(report->state)) : "it does not run";
    return error(Code::conflict, "turns: " + std::string(name_of(what.kind)) + " needs " + name + " to " +
                                     std::string(needs) + ", but " + found + "; try again when it does");
  };
  if (what.kind == CommandKind::cancel && !(runs && report->turn)) return refusal("have an open turn");
  if (what.kind == CommandKind::cancel && what.turn && *what.turn != *report->turn)
    return error(Code::conflict, "turns: turn " + std::to_string(*what.turn) + " of " + name +
                                     " is not open any more, turn " + std::to_string(*report->turn) +
                                     " is; look at it before you cancel that one");
  if (what.kind == CommandKind::compact && !(runs && report->state == TurnState::idle)) return refusal("be idle");
  if (what.kind == CommandKind::park && !what.until)
    return error(Code::invalid_params, "turns: park needs `until`, the time when turns begin again");
  if (what.kind == CommandKind::operator_message && (!what.text || what.text->empty()))
    return error(Code::invalid_params, "turns: operator_message needs `text`");
  return {};
}

}  // namespace hive::turns
