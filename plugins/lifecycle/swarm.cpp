#include "swarm.hpp"

#include "names.hpp"

namespace hive::lifecycle {

using runtime::State;

bool Agent::runs() const {
  return seen.state == State::starting || seen.state == State::running || seen.state == State::stopping;
}

bool Agent::ended_against_desired() const {
  return desired == Desired::running && !action && !left_stopped &&
         (seen.state == State::stopped || seen.state == State::absent);
}

bool Swarm::ManagerFirst::operator()(const std::string& a, const std::string& b) const {
  if (a == b) return false;
  if (a == kManager || b == kManager) return a == kManager;
  return a < b;
}

Agent* Swarm::find(const std::string& name) {
  const auto found = agents_.find(name);
  return found == agents_.end() ? nullptr : &found->second;
}

Agent& Swarm::add(const std::string& name) {
  const auto [at, is_new] = agents_.try_emplace(name, limits_);
  if (is_new) at->second.seen = {.name = name, .since = wall_time()};
  return at->second;
}

void Swarm::remove(const std::string& name) {
  agents_.erase(name);
  mend(unreadable_, name);
}

std::vector<std::string> Swarm::names() const {
  std::vector<std::string> names;
  names.reserve(agents_.size());
  for (const auto& [name, agent] : agents_) names.push_back(name);
  return names;
}

Container Swarm::view(const std::string& name) const {
  const auto& agent = agents_.at(name);
  Container shown{.name = name,
                  .incarnation = agent.incarnation,
                  .role = name == kManager ? Role::manager : Role::agent,
                  .state = agent.seen.state,
                  .desired = agent.desired,
                  .since = agent.seen.since,
                  .needs_login = !agent.logged_in,
                  .deployed_sha = agent.seen.revision,
                  .sandbox = agent.seen.sandbox};
  if (agent.action) shown.pending = agent.action->what;
  shown.needs_update = agent.main && agent.seen.revision && agent.main != agent.seen.revision;
  if (agent.report && !agent.report->model.empty()) shown.model = agent.report->model;
  if (agent.report && agent.runs()) {
    shown.status = std::string(name_of(agent.report->state));
    shown.turn = agent.report->turn;
    if (agent.report->state == turns::TurnState::retrying) shown.reason = agent.report->reason;
  }
  if (!agent.runs()) shown.reason = agent.reason ? agent.reason : agent.seen.reason;
  return shown;
}

Containers Swarm::list() const {
  Containers all{.containers = {}, .unreadable = unreadable_};
  all.containers.reserve(agents_.size());
  for (const auto& [name, agent] : agents_) {
    all.containers.push_back(view(name));
    mend(all.unreadable, name);
  }
  return all;
}

void Swarm::show(const std::string& name) {
  const ContainerEvent event{view(name)};
  auto text = encode_text(event);
  if (std::exchange(agents_.at(name).shown, text) != text) changed_(event);
}

}  // namespace hive::lifecycle
