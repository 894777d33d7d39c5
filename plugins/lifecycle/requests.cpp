#include "requests.hpp"

#include "config_files.hpp"
#include "names.hpp"
#include "preflight.hpp"

#include <hive/sdk/contracts/host.hpp>

namespace hive::lifecycle {

namespace {

std::string who_text(const Caller& who) {
  if (who.who() == Who::operators) return "by the operator";
  return who.who() == Who::manager ? "by the manager" : "by " + std::string(who.name());
}

}  // namespace

Task<Result<Accepted>> Requests::spawn(Caller who, Spawn what) {
  auto checked = co_await preflight(what.name);
  if (!checked) co_return checked.error();
  for (const auto& finding : checked->findings)
    if (!finding.ok) co_return error(Code::conflict, "lifecycle: " + finding.message);
  Order order{.name = std::move(what.name),
              .what = Transient::spawning,
              .cause = "spawned " + who_text(who),
              .revision = std::move(what.revision)};
  co_return co_await actions_.accept(std::move(order));
}

Task<Result<Accepted>> Requests::start(Caller who, Name what) {
  if (const auto* agent = swarm_.find(what.name);
      agent != nullptr && !agent->action && agent->runs() && agent->desired == Desired::running)
    co_return error(Code::conflict, "lifecycle: " + what.name + " is running already; use restart to start it anew");
  Order order{.name = std::move(what.name), .what = Transient::starting, .cause = "started " + who_text(who)};
  co_return co_await request(std::move(who), std::move(order));
}

Task<Result<Accepted>> Requests::stop(Caller who, Name what) {
  if (const auto* agent = swarm_.find(what.name);
      agent != nullptr && !agent->action && !agent->runs() && agent->desired == Desired::stopped)
    co_return error(Code::conflict, "lifecycle: " + what.name + " is stopped already");
  Order order{.name = std::move(what.name), .what = Transient::stopping, .cause = "stopped " + who_text(who)};
  co_return co_await request(std::move(who), std::move(order));
}

Task<Result<Accepted>> Requests::restart(Caller who, Name what) {
  Order order{.name = std::move(what.name), .what = Transient::restarting, .cause = "restarted " + who_text(who)};
  co_return co_await request(std::move(who), std::move(order));
}

Task<Result<Accepted>> Requests::rebuild(Caller who, Rebuild what) {
  Order order{.name = std::move(what.name),
              .what = Transient::rebuilding,
              .cause = "rebuilt " + who_text(who),
              .revision = std::move(what.revision)};
  co_return co_await request(std::move(who), std::move(order));
}

Task<Result<Accepted>> Requests::destroy(Caller who, Destroy what) {
  if (what.name == kManager && !what.force)
    co_return error(Code::forbidden,
                    "lifecycle: the manager is destroyed only with force; without one nobody can "
                    "propose changes of the swarm");
  Order order{.name = std::move(what.name),
              .what = Transient::destroying,
              .cause = "destroyed " + who_text(who),
              .purge = what.purge};
  co_return co_await request(std::move(who), std::move(order));
}

Task<Result<Accepted>> Requests::request(Caller who, Order order) {
  if (who.who() == Who::manager && order.name == kManager)
    co_return error(Code::forbidden,
                    "lifecycle: the manager may not start, stop, restart or rebuild itself; ask the operator to");
  auto agent = actions_.find(order.name);
  if (!agent) co_return agent.error();
  (*agent)->restarts.forget();
  co_return co_await actions_.accept(std::move(order));
}

Task<Result<Containers>> Requests::update_all() {
  Containers rebuilt;
  for (const auto& name : swarm_.names()) {
    const auto* agent = swarm_.find(name);
    if (agent == nullptr || agent->action || !swarm_.view(name).needs_update) continue;
    Order order{.name = name,
                .what = Transient::rebuilding,
                .cause = "rebuilt by the operator",
                .crowd = Order::Crowd::limited};
    auto accepted = co_await actions_.accept(std::move(order));
    if (!accepted && accepted.error().code != Code::conflict) co_return accepted.error();
    if (accepted) rebuilt.containers.push_back(swarm_.view(name));
  }
  co_return rebuilt;
}

Task<Result<None>> Requests::purge_tombstone(std::string name) {
  if (swarm_.find(name) != nullptr)
    co_return error(Code::conflict, "lifecycle: " + name + " is an agent of the swarm; destroy it with purge instead");
  co_return co_await graves_.purge(std::move(name));
}

Task<Result<Preflight>> Requests::preflight(std::string name) {
  const None nothing;
  auto plugins = co_await host_.call(host_api::kPlugins, nothing);
  if (!plugins) co_return plugins.error();
  auto limits = co_await host_.call(runtime::kLimits, nothing);
  if (!limits) co_return limits.error();
  Claim claim{.name = std::move(name), .name_bytes = limits->name_bytes};
  for (auto& plugin : plugins->plugins) claim.plugin_ids.push_back(std::move(plugin.id));
  claim.is_taken = swarm_.find(claim.name) != nullptr;
  claim.is_kept = graves_.find(claim.name) != nullptr;
  claim.is_being_purged = graves_.is_being_purged(claim.name);
  co_return judge(claim);
}

Task<Result<ConfigFiles>> Requests::config(ReadConfig what) {
  if (auto agent = actions_.find(what.name); !agent) co_return agent.error();
  auto read = [this, &what] { return read_config(host_.root(), what); };
  co_return flat(co_await host_.parallel(read));
}

}  // namespace hive::lifecycle
