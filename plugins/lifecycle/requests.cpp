#include "lifecycle.hpp"
#include "names.hpp"

#include <hive/sdk/crash_point.hpp>

#include <algorithm>

namespace hive::lifecycle {

namespace {

constexpr milliseconds kPurgeWait{60'000};  // for one look at how far a purge is

std::string who_text(const Caller& who) {
  if (who.who() == Who::operators) return "by the operator";
  return who.who() == Who::manager ? "by the manager" : "by " + std::string(who.name());
}

Desired desired_by(Transient action, Desired now) {
  switch (action) {
    case Transient::spawning:
    case Transient::starting:
    case Transient::restarting: return Desired::running;
    case Transient::stopping:
    case Transient::destroying: return Desired::stopped;
    case Transient::rebuilding: return now;
  }
  return now;
}

}  // namespace

Result<Agent*> Lifecycle::find(const std::string& name) {
  if (auto* agent = swarm_.find(name)) return agent;
  std::string known;
  for (const auto& one : swarm_.names()) known += known.empty() ? one : ", " + one;
  const std::string hint = is_tombstone(name) ? "it was destroyed and its state is kept" : "known are: " + known;
  return error(Code::not_found, "lifecycle: there is no agent '" + name + "'; " + hint);
}

/// Of an agent that begins: that of the kept state which it goes on with.
Incarnation Lifecycle::incarnation_for(const std::string& name) const {
  const auto* kept = kept_of(name);
  return kept != nullptr ? kept->incarnation : new_incarnation();
}

Task<Result<Accepted>> Lifecycle::spawn(Caller who, Spawn what) {
  auto checked = co_await preflight(what.name);
  if (!checked) co_return checked.error();
  for (const auto& finding : checked->findings)
    if (!finding.ok) co_return error(Code::conflict, "lifecycle: " + finding.message);
  Order order{.name = std::move(what.name),
              .what = Transient::spawning,
              .cause = "spawned " + who_text(who),
              .revision = std::move(what.revision)};
  co_return co_await accept(std::move(order));
}

Task<Result<Accepted>> Lifecycle::start_agent(Caller who, Name what) {
  if (const auto* agent = swarm_.find(what.name);
      agent != nullptr && !agent->action && agent->runs() && agent->desired == Desired::running)
    co_return error(Code::conflict, "lifecycle: " + what.name + " is running already; use restart to start it anew");
  Order order{.name = std::move(what.name), .what = Transient::starting, .cause = "started " + who_text(who)};
  co_return co_await request(std::move(who), std::move(order));
}

Task<Result<Accepted>> Lifecycle::stop_agent(Caller who, Name what) {
  if (const auto* agent = swarm_.find(what.name);
      agent != nullptr && !agent->action && !agent->runs() && agent->desired == Desired::stopped)
    co_return error(Code::conflict, "lifecycle: " + what.name + " is stopped already");
  Order order{.name = std::move(what.name), .what = Transient::stopping, .cause = "stopped " + who_text(who)};
  co_return co_await request(std::move(who), std::move(order));
}

Task<Result<Accepted>> Lifecycle::restart(Caller who, Name what) {
  Order order{.name = std::move(what.name), .what = Transient::restarting, .cause = "restarted " + who_text(who)};
  co_return co_await request(std::move(who), std::move(order));
}

Task<Result<Accepted>> Lifecycle::rebuild(Caller who, Rebuild what) {
  Order order{.name = std::move(what.name),
              .what = Transient::rebuilding,
              .cause = "rebuilt " + who_text(who),
              .revision = std::move(what.revision)};
  co_return co_await request(std::move(who), std::move(order));
}

Task<Result<Accepted>> Lifecycle::destroy(Caller who, Destroy what) {
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

Task<Result<Accepted>> Lifecycle::request(Caller who, Order order) {
  if (who.who() == Who::manager && order.name == kManager)
    co_return error(Code::forbidden,
                    "lifecycle: the manager may not start, stop, restart or rebuild itself; ask the operator to");
  auto agent = find(order.name);
  if (!agent) co_return agent.error();
  (*agent)->restarts.forget();
  co_return co_await accept(std::move(order));
}

Task<Result<Accepted>> Lifecycle::accept(Order order) {
  if (is_ending()) co_return error(Code::unavailable, "lifecycle: the host is stopping; ask again when it is back");
  const bool is_new = swarm_.find(order.name) == nullptr;
  if (is_new && order.what != Transient::spawning) co_return find(order.name).error();
  if (purging_.contains(order.name))
    co_return error(Code::conflict, "lifecycle: what was kept of " + order.name + " is being purged; wait for its end");
  auto& agent = swarm_.add(order.name);
  if (agent.action)
    co_return error(Code::conflict, "lifecycle: " + order.name + " is " + std::string(name_of(agent.action->what)) +
                                        " (" + agent.action->cause + "); wait for its end");
  const auto before = agent.desired;
  agent.desired = desired_by(order.what, before);
  if (is_new) agent.incarnation = incarnation_for(order.name);
  agent.action = Action{.what = order.what, .revision = order.revision, .purge = order.purge, .cause = order.cause};
  const Member member{order.name, agent.incarnation, agent.desired, agent.action};
  auto record = [this, &member] { return roster_->begin(member); };
  auto id = flat(co_await host_.blocking(record));
  auto& recorded = swarm_.add(order.name);
  if (!id) {
    recorded.action.reset();
    recorded.desired = before;
    if (is_new) swarm_.remove(order.name);
    co_return id.error();
  }
  crash_point("lifecycle.begun");
  recorded.action->id = *id;
  recorded.reason.reset();
  recorded.left_stopped = false;
  const Gone revived{.name = order.name, .incarnation = member.incarnation};
  drop_tombstone(revived);
  host_.publish(kTransientSet, TransientEvent{.name = order.name, .action = order.what});
  show(order.name);
  host_.spawn(run(order.name, order.crowd));
  co_return Accepted{order.name, order.what};
}

Task<Result<Containers>> Lifecycle::update_all() {
  Containers rebuilt;
  for (const auto& name : swarm_.names()) {
    const auto* agent = swarm_.find(name);
    if (agent == nullptr || agent->action || !swarm_.view(name).needs_update) continue;
    Order order{.name = name,
                .what = Transient::rebuilding,
                .cause = "rebuilt by the operator",
                .crowd = Order::Crowd::limited};
    auto accepted = co_await accept(std::move(order));
    if (!accepted && accepted.error().code != Code::conflict) co_return accepted.error();
    if (accepted) rebuilt.containers.push_back(swarm_.view(name));
  }
  co_return rebuilt;
}

Task<Result<None>> Lifecycle::purge_tombstone(std::string name) {
  if (swarm_.find(name) != nullptr)
    co_return error(Code::conflict, "lifecycle: " + name + " is an agent of the swarm; destroy it with purge instead");
  const auto* kept = kept_of(name);
  if (kept == nullptr)
    co_return error(Code::not_found, "lifecycle: no state of a destroyed agent '" + name + "' is kept");
  if (!purging_.insert(name).second)
    co_return error(Code::conflict, "lifecycle: what was kept of " + name + " is being purged already");
  auto purge = std::make_shared<Purge>();
  host_.spawn(purge_to_the_end({.name = name, .incarnation = kept->incarnation, .purged = true}, purge));
  while (!purge->done) {
    auto waited = co_await purge->ended.wait(host_, kPurgeWait);
    if (!waited) co_return waited.error();
  }
  if (!*purge->done) co_return purge->done->error();
  co_return None{};
}

/// Whoever asked for it may have gone: a large tree takes its time.
Task<> Lifecycle::purge_to_the_end(Gone gone, std::shared_ptr<Purge> purge) {
  auto purging = purge_kept(gone.name);
  purge->done = co_await std::move(purging);
  purging_.erase(gone.name);
  if (*purge->done)
    drop_tombstone(gone);
  else
    host_.warn("what was kept of " + gone.name + " is not purged: " + purge->done->error().message);
  purge->ended.notify_all();
}

/// The row goes last: a purge that ends half way can be asked for again.
Task<Status> Lifecycle::purge_kept(std::string name) {
  const runtime::Destroy purge{.name = name, .purge = true};
  for (;;) {
    auto purged = co_await host_.call(runtime::kDestroy, purge);
    if (purged) break;
    if (purged.error().code != Code::timeout) co_return purged.error();
    // It goes on: asking again waits for the end of what was begun.
  }
  auto record = [this, &name] { return roster_->remove_tombstone(name); };
  co_return flat(co_await host_.blocking(record));
}

/// Says that nothing is kept under the name any more, where something was.
void Lifecycle::drop_tombstone(const Gone& gone) {
  if (std::erase_if(tombstones_, [&](auto& kept) { return kept.name == gone.name; }) != 0)
    host_.publish(kTombstoneRemoved, gone);
}

}  // namespace hive::lifecycle
