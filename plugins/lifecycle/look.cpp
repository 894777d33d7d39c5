#include "look.hpp"

#include "seed.hpp"

#include <hive/git/repository.hpp>

namespace hive::lifecycle {

Task<Status> Looks::look(std::string name) {
  const Name params{name};
  auto seen = co_await host_.call(runtime::kStatus, params);
  const bool failed = !seen && seen.error().code != Code::not_found;
  if (auto* looked_at = swarm_.find(name)) looked_at->unseen = failed;
  if (failed) co_return seen.error();
  auto login = co_await host_.call(runtime::kLoginState, params);
  auto read_main = [this, &name]() -> Result<std::string> {
    auto applied = git::Repository::open(places_of(host_.root(), name).applied);
    if (!applied) return applied.error();
    return applied->resolve("main");
  };
  auto main = flat(co_await host_.parallel(read_main));
  auto* agent = swarm_.find(name);
  if (agent == nullptr) co_return Status{};
  if (seen)
    agent->seen = *seen;
  else if (agent->seen.state != runtime::State::absent)
    agent->seen = {.name = name, .since = wall_time()};
  if (login) agent->logged_in = login->logged_in;
  agent->main.reset();
  if (main) agent->main = *main;
  swarm_.show(name);
  co_return Status{};
}

Task<> Looks::look_all() {
  const None nothing;
  auto reported = co_await host_.call(turns::kList, nothing);
  if (reported) {
    for (auto& [name, report] : reported->agents)
      if (auto* agent = swarm_.find(name)) agent->report = std::move(report);
    ground_.reported.notify_all();
  }
  co_await look_each();
}

Task<> Looks::look_each() {
  for (const auto& name : swarm_.names()) {
    auto looked = co_await look(name);
    if (!looked && !ground_.is_ending()) host_.warn(name + " cannot be looked at: " + looked.error().message);
  }
}

}  // namespace hive::lifecycle
