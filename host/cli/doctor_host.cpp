#include <hive/rpc/connection.hpp>
#include <hive/sdk/contracts/host.hpp>
#include <hive/sdk/contracts/http.hpp>
#include <hive/sdk/contracts/lifecycle.hpp>

#include <map>

#include "doctor.hpp"
#include "text.hpp"

namespace hive::host::cli {
namespace {

bool runs(host_api::PluginState state) {
  return state == host_api::PluginState::running || state == host_api::PluginState::disabled;
}

void check_plugins(Patient& patient) {
  const auto listed = patient.session->call(host_api::kPlugins, None{});
  if (!listed) return patient.wrong("plugins", "host.plugins: " + listed.error().message);
  bool well = true;
  for (const auto& plugin : listed->plugins) {
    for (const auto& part : plugin.left_out) {
      well = false;
      patient.wrong("plugins", plugin.id + ": " + part + "; tell its author");
    }
    if (runs(plugin.state)) continue;
    well = false;
    patient.wrong("plugins", plugin.id + " is " + std::string(name_of(plugin.state)) + ": " +
                                 plugin.reason.value_or("no reason was given") +
                                 "; mend it, then `hive-c0re host "
                                 "reload " +
                                 plugin.id + "`");
  }
  if (well) patient.well("plugins", std::to_string(listed->plugins.size()) + " run");
}

void check_strands(Patient& patient) {
  const auto health = patient.session->call(host_api::kHealth, None{});
  if (!health) return patient.wrong("host", "host.health: " + health.error().message);
  for (const auto& plugin : health->plugins)
    if (plugin.holds_over_100_ms > 0)
      patient.note("plugins",
                   plugin.id + " held up the others for over 100 ms " +
                       (plugin.holds_over_100_ms == 1 ? "once" : std::to_string(plugin.holds_over_100_ms) + " times") +
                       ", the longest in " + plugin.slowest.value_or("an unknown handler"));
}

/// A hive without the plugin that serves it has no page.
void check_page(Patient& patient) {
  const auto page = patient.session->call(http_api::kServing, None{});
  if (!page) return;  // the plugin that should serve it is a finding of its own
  const auto where = page->address + " port " + std::to_string(page->port);
  if (page->served) return patient.well("page", "served at " + where);
  patient.wrong("page", "the operator's page is not served: " + page->reason.value_or("no reason was given"));
}

/// What is missing from sandboxes, each thing once with those that lack it.
void check_sandboxes(Patient& patient, const lifecycle::Containers& agents) {
  std::map<std::string, std::vector<std::string>> lacking;
  std::vector<std::string> unconfined;
  for (const auto& agent : agents.containers) {
    if (agent.state != runtime::State::running || !agent.sandbox) continue;
    if (agent.sandbox->level == runtime::Sandbox::none) unconfined.push_back(agent.name);
    if (agent.sandbox->level != runtime::Sandbox::full)
      for (const auto& reason : agent.sandbox->reasons) lacking[reason].push_back(agent.name);
  }
  if (!unconfined.empty())
    patient.wrong("sandbox", joined(unconfined) +
                                 " without any (level none): only the uid keeps an agent from the rest of this "
                                 "machine; mend what is noted below, and set [plugins.runtime_local] "
                                 "allow_unsandboxed = false");
  for (const auto& [reason, names] : lacking)
    patient.note("sandbox", std::string(reason).append(" (").append(joined(names)).append(")"));
}

void check_container(Patient& patient, const lifecycle::Container& agent) {
  using runtime::State;
  const bool should = agent.desired == lifecycle::Desired::running && !agent.pending;
  const auto why = agent.reason ? ": " + *agent.reason : std::string();
  if (should && agent.state != State::running && agent.state != State::starting)
    patient.wrong("agents", agent.name + " should run and is " + std::string(name_of(agent.state)) + why +
                                "; `hive-c0re logs " + agent.name + "`, then `hive-c0re start " + agent.name + "`");
  else
    patient.well("agents", agent.name + " is " + std::string(name_of(agent.state)));
  if (agent.needs_login)
    patient.wrong("agents", agent.name +
                                " has no login; name a key or token under [claude] in hive.toml "
                                "(api_key_file or oauth_token_file) and restart it");
  if (agent.state != State::running) return;
  const auto socket = patient.root / "run" / "agents" / agent.name / rpc::kSocketName;
  const auto reached = rpc::Connection::open(socket);
  if (!reached && reached.error().code != Code::forbidden)
    patient.wrong("agents", agent.name + " cannot reach the host: " + reached.error().message +
                                "; `hive-c0re restart " + agent.name + "`");
}

}  // namespace

void check_host(Patient& patient) {
  check_plugins(patient);
  check_strands(patient);
  check_page(patient);
  const auto agents = patient.session->call(lifecycle::kList, None{});
  if (!agents) return patient.wrong("agents", "lifecycle.list: " + agents.error().message);
  for (const auto& agent : agents->containers) check_container(patient, agent);
  check_sandboxes(patient, *agents);
}

}  // namespace hive::host::cli
