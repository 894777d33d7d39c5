#include "plugin_set.hpp"

#include "nearest.hpp"
#include "plugin_accept.hpp"
#include "plugin_roles.hpp"

#include <algorithm>

namespace hive::host {

using host_api::PluginState;

namespace {

std::set<std::string> may_act_as(const std::string& plugin, const Config& config) {
  const auto found = config.host().may_act_as.find(plugin);
  if (found == config.host().may_act_as.end()) return {};
  return {found->second.begin(), found->second.end()};
}

/// All that `config` says of a plugin.
std::string said_of(const Member& member, const Config& config) {
  const auto& id = member.about.id;
  auto out = encode_text(config.keys_of(id));
  for (const auto& principal : may_act_as(id, config)) out += " " + principal;
  const auto settings = config.settings_of(id, member.accepted.manifest.settings);
  return out + (settings ? *settings : settings.error().message);
}

bool is_up(PluginState state) {
  return state == PluginState::running || state == PluginState::quarantined;
}

PluginSetOptions telling(PluginSetOptions options, PluginList& list) {
  options.make.on_quarantined = [&list](const auto& id, const auto& reason) { list.set_quarantined(id, reason); };
  return options;
}

}  // namespace

PluginSet::PluginSet(const Wiring& wiring, PluginSetOptions options)
    : methods_(wiring.methods),
      log_(wiring.log),
      list_(wiring.log, wiring.router),
      runner_(wiring, list_, options.run),
      options_(telling(std::move(options), list_)) {}

void PluginSet::add(const abi::Descriptor& descriptor) {
  Member member;
  member.accepted = {manifest_of(descriptor), descriptor.id, &descriptor};
  describe(member.about, member.accepted);
  list_.add(std::move(member));
}

void PluginSet::add(Manifest manifest, PluginSlot::Maker maker) {
  Member member;
  member.accepted.file = manifest.id;
  member.accepted.manifest = std::move(manifest);
  member.built_in = std::move(maker);
  describe(member.about, member.accepted);
  list_.add(std::move(member));
}

void PluginSet::find(const Config& config) {
  for (const auto& file : plugin_files(options_.folders, config)) {
    Member member;
    member.about.id = file.stem().string();  // the build names the file after the plugin
    member.about.file = file.string();
    member.accepted.file = file;
    accept(member, config, options_.isolated);
    list_.add(std::move(member));
  }
}

Status PluginSet::start(const Config& config) {
  std::lock_guard one(lifecycle_);
  list_.put_in_start_order();
  start_all(config);
  for (const auto& member : list_.members()) {
    if (!member->keys.required || list_.state_of(*member) == PluginState::running) continue;
    const auto about = member->about.reason.value_or("it is not running");
    return error(Code::unavailable, "the required plugin " + member->about.id + " does not run: " + about);
  }
  return {};
}

void PluginSet::start_all(const Config& config) {
  for (const auto& member : list_.members()) {
    const auto state = list_.state_of(*member);
    if (state == PluginState::accepted) provide_roles(methods_, *member, MethodTable::Presence::away);
    if (state == PluginState::faulted) expect_roles(methods_, *member);
  }
  for (const auto& member : list_.members()) {
    const auto state = list_.state_of(*member);
    if (state == PluginState::accepted || state == PluginState::waiting) start(*member, config);
  }
}

void PluginSet::start(Member& member, const Config& config) {
  if (const auto missing = missing_need(list_, member); !missing.empty())
    return list_.set(member, PluginState::waiting, member.about.id + ": " + missing);
  if (auto other = rival(list_, member); !other.empty())
    return list_.set(member, PluginState::faulted, std::move(other));
  const auto begin = std::chrono::steady_clock::now();
  if (const auto status = run(member, config); !status)
    return list_.set(member, PluginState::faulted, status.error().message);
  list_.set_running(member, std::chrono::steady_clock::now() - begin);
  provide_roles(methods_, member, MethodTable::Presence::here);
}

Status PluginSet::run(Member& member, const Config& config) {
  member.started_with = said_of(member, config);
  auto maker = maker_of(member, config, options_.make);
  if (!maker) return maker.error();
  return runner_.start(member, std::move(*maker), may_act_as(member.about.id, config));
}

bool PluginSet::stop() {
  std::lock_guard one(lifecycle_);
  bool all = true;
  const auto& members = list_.members();
  for (auto at = members.rbegin(); at != members.rend(); ++at) {
    auto& member = **at;
    all = !member.hung && all;
    if (!is_up(list_.state_of(member))) continue;
    if (runner_.stop(member))
      list_.set(member, PluginState::stopped);
    else
      all = false;
  }
  return all;
}

Result<host_api::Plugin> PluginSet::reload(const std::string& id, const Config& config) {
  std::lock_guard one(lifecycle_);
  auto* member = list_.find(id);
  if (member == nullptr) return error(Code::not_found, id + ": there is no such plugin; see hive-c0re plugins");
  if (member->built_in.make) return error(Code::forbidden, id + ": is part of the host; restart the host");
  if (member->hung) return error(Code::unavailable, id + ": hangs; restart the host");
  if (is_up(list_.state_of(*member)) && !runner_.stop(*member))
    return error(Code::unavailable, id + ": does not stop; restart the host");
  list_.accept_again(*member, config, options_.isolated);
  start_all(config);
  auto about = list_.shown_of(*member);
  if (about.state == PluginState::faulted)
    return error(Code::unavailable, about.reason.value_or(id + ": does not start"));
  return about;
}

void PluginSet::reload_changed(const Config& config) {
  std::vector<std::string> changed;
  {
    std::lock_guard one(lifecycle_);
    for (const auto& member : list_.members()) {
      const bool stays_off =
          list_.state_of(*member) == PluginState::disabled && !config.keys_of(member->about.id).enabled;
      if (!stays_off && !member->built_in.make && member->started_with != said_of(*member, config))
        changed.push_back(member->about.id);
    }
  }
  for (const auto& id : changed) {
    const auto reloaded = reload(id, config);
    log_.write("host", reloaded ? abi::Level::info : abi::Level::error,
               reloaded ? id + ": its settings were read anew" : reloaded.error().message);
  }
}

Status PluginSet::check_names(const Config& config) const {
  std::vector<std::string> known;
  known.reserve(list_.members().size());
  for (const auto& member : list_.members()) known.push_back(member->about.id);
  for (const auto& id : config.plugin_ids()) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    return config.at("plugins." + id, no_such("plugin", id, known));
  }
  return {};
}

std::vector<std::string> PluginSet::check(const Config& config) const {
  std::vector<std::string> out;
  for (const auto& member : list_.members()) {
    if (member->about.state == PluginState::faulted) out.push_back(member->about.reason.value_or(""));
    if (member->built_in.make || member->about.state != PluginState::accepted) continue;
    const auto settings = checked_settings(member->accepted, config);
    if (!settings) out.push_back(settings.error().message);
  }
  if (const auto named = check_names(config); !named) out.push_back(named.error().message);
  return out;
}

std::vector<PluginSet::Known> PluginSet::known() const {
  std::vector<Known> out;
  out.reserve(list_.members().size());
  for (const auto& member : list_.members()) out.push_back({member->about.id, member->accepted.manifest.settings});
  return out;
}

}  // namespace hive::host
