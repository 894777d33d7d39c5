#include "plugin_run.hpp"

#include "plugin_roles.hpp"

#include <hive/sdk/duration.hpp>

#include <future>

namespace hive::host {

using host_api::PluginState;

namespace {

/// Does `change`, which is handed where to report, and waits for the report.
template <class Change>
Status wait_for(std::chrono::seconds limit, const std::string& id, Change change) {
  const auto result = std::make_shared<std::promise<Status>>();  // shared: the report may come after the limit
  auto future = result->get_future();
  change([result](Status status) { result->set_value(std::move(status)); });
  if (future.wait_for(limit) == std::future_status::ready) return future.get();
  return error(Code::timeout, id + ": gave no answer within " + duration_text(limit));
}

}  // namespace

Status PluginRunner::start(Member& member, PluginSlot::Maker maker, std::set<std::string> may_act_as) {
  const auto& manifest = member.accepted.manifest;
  for (const auto& [topic, audience] : manifest.publishes) wiring_.hub.declare(topic, audience, manifest.id);
  const auto slot = std::make_shared<PluginSlot>(wiring_, manifest, std::move(may_act_as));
  list_.set_created(member, slot);
  auto started = wait_for(options_.start_limit, manifest.id,
                          [&](auto report) { slot->start(std::move(maker), std::move(report)); });
  if (started) return {};
  if (started.error().code == Code::timeout && !member.keys.isolate) {
    give_up(member);
    slot->detach();
  } else {
    stop(member);
  }
  return started;
}

bool PluginRunner::stop(Member& member) {
  const auto slot = member.slot;
  provide_roles(wiring_.methods, member, MethodTable::Presence::away);  // first: what is gone now is away, not unknown
  const auto stopped =
      wait_for(options_.stop_limit, member.about.id, [&](auto report) { slot->stop(std::move(report)); });
  slot->detach();
  if (stopped) return true;
  give_up(member);
  list_.set(member, PluginState::faulted, stopped.error().message + " after it was asked to stop; the others go on");
  return false;
}

/// It holds a thread from now on.
void PluginRunner::give_up(Member& member) {
  member.hung = true;
  options_.replace_thread();
}

}  // namespace hive::host
