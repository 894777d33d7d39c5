// PluginSet: which plugins there are, and what they are made with.
#include "nearest.hpp"
#include "plugin_set.hpp"

#include <hive/sdk/manifest_words.hpp>

#include <algorithm>

namespace hive::host {

using host_api::PluginState;

namespace {

std::vector<std::filesystem::path> plugins_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  std::error_code missing;  // a folder that is not there has no plugins
  for (const auto& entry : std::filesystem::directory_iterator(folder, missing))
    if (entry.path().extension() == ".so") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

/// What check_settings hands over: first the path, then what was wanted.
struct Refusal {
  std::vector<std::string> parts;
  static void take(void* context, std::string_view text) noexcept {
    static_cast<Refusal*>(context)->parts.emplace_back(text);
  }
};

void describe(host_api::Plugin& about, const Accepted& accepted) {
  about.id = accepted.manifest.id;
  about.version = accepted.manifest.version;
  about.file = accepted.file.string();
  about.provides = accepted.manifest.provides;
  about.needs = accepted.manifest.needs;
  about.panel.reset();
  if (!accepted.manifest.panel.empty()) about.panel = accepted.manifest.panel;
  about.snapshot = accepted.manifest.snapshot;
  about.left_out.clear();
  about.state = PluginState::accepted;
  about.reason.reset();
}

}  // namespace

void PluginSet::enlist(Member member) {
  std::lock_guard lock(mutex_);
  members_.push_back(std::make_unique<Member>(std::move(member)));
}

void PluginSet::add(const abi::Descriptor& descriptor) {
  Member member;
  member.accepted = {manifest_of(descriptor), descriptor.id, &descriptor};
  describe(member.about, member.accepted);
  leave_out_rival_keys(member);
  enlist(std::move(member));
}

void PluginSet::add(Manifest manifest, PluginSlot::Maker maker) {
  Member member;
  member.accepted.file = manifest.id;
  member.accepted.manifest = std::move(manifest);
  member.built_in = std::move(maker);
  describe(member.about, member.accepted);
  enlist(std::move(member));
}

void PluginSet::find(const Config& config) {
  std::vector<std::filesystem::path> files;
  for (const auto& folder : options_.folders)
    for (auto& file : plugins_in(folder)) files.push_back(std::move(file));
  for (const auto& id : config.plugin_ids())
    if (const auto& path = config.keys_of(id).path) {
      std::erase_if(files, [&](const auto& file) { return file.stem() == id; });
      files.emplace_back(*path);
    }
  for (const auto& file : files) find_file(file, config);
}

void PluginSet::find_file(const std::filesystem::path& file, const Config& config) {
  Member member;
  member.about.id = file.stem().string();  // the build names the file after the plugin
  member.about.file = file.string();
  member.accepted.file = file;
  accept(member, config);
  leave_out_rival_keys(member);
  enlist(std::move(member));
}

void PluginSet::accept(Member& member, const Config& config) const {
  auto& about = member.about;
  const auto& file = member.accepted.file;
  member.keys = config.keys_of(about.id);
  about.isolated = member.keys.isolate;
  about.reason.reset();
  about.state = PluginState::disabled;
  if (!member.keys.enabled) return;
  auto accepted = accept_plugin(file, member.keys.isolate ? options_.isolated : Load::code);
  about.state = PluginState::faulted;
  if (!accepted) {
    about.reason = accepted.error().message;
    auto beside = file;
    if (auto manifest = read_manifest(beside.replace_extension(".toml")))
      member.accepted.manifest.provides = std::move(manifest->provides);  // these roles are still its own
    return;
  }
  member.accepted = std::move(*accepted);
  describe(about, member.accepted);
}

/// A part of the page's state is that of the first plugin that names it, and never the page's own.
void PluginSet::leave_out_rival_keys(Member& member) const {
  auto& about = member.about;
  const auto rival_of = [&](std::string_view word) -> std::string {
    const auto key = word.substr(0, word.find('='));
    if (is_reserved_snapshot_key(key)) return "the page's own";
    for (const auto& other : members_)
      for (const auto& taken : other->about.snapshot)
        if (other->about.id != about.id && taken.starts_with(std::string(key) + "="))
          return "that of the plugin " + other->about.id;
    return {};
  };
  std::erase_if(about.snapshot, [&](const std::string& word) {
    const auto rival = rival_of(word);
    if (!rival.empty())
      about.left_out.push_back("snapshot " + word + ": is left out: this part of the page's state is " + rival);
    return !rival.empty();
  });
  for (const auto& sentence : about.left_out) wiring_.log.write(about.id, abi::Level::error, sentence);
}

Result<std::string> PluginSet::checked_settings(const Member& member, const Config& config) const {
  const auto& manifest = member.accepted.manifest;
  auto settings = config.settings_of(manifest.id, manifest.settings);
  if (!settings || member.accepted.descriptor == nullptr) return settings;
  Refusal refusal;
  member.accepted.descriptor->check_settings(*settings, {&Refusal::take, &refusal});
  if (refusal.parts.size() < 2) return settings;
  const auto& what = refusal.parts[1];
  return config.at("plugins." + manifest.id + refusal.parts[0], what == "required" ? "is required" : "wanted " + what);
}

Result<PluginSlot::Maker> PluginSet::maker_of(const Member& member, const Config& config) const {
  if (member.built_in.make) return member.built_in;
  auto settings = checked_settings(member, config);
  if (!settings) return settings.error();
  const auto* descriptor = member.accepted.descriptor;
  if (descriptor == nullptr) return isolated_maker(member, std::move(*settings));
  PluginSlot::Maker maker;
  maker.make = [descriptor, settings = std::move(*settings), root = options_.root.string(),
                share = options_.share.string()](abi::Host& host) {
    const abi::Environment environment{sizeof(abi::Environment), root, share, settings};
    return descriptor->create(&host, &environment);
  };
  maker.destroy = [descriptor](abi::Plugin& plugin) { descriptor->destroy(&plugin); };
  return maker;
}

PluginSlot::Maker PluginSet::isolated_maker(const Member& member, std::string settings) const {
  IsolatedSetup setup{member.about.id, member.accepted.file.string(), options_.root.string(), options_.share.string(),
                      std::move(settings)};
  setup.on_quarantined = [this, id = member.about.id](const std::string& reason) { note_quarantine(id, reason); };
  PluginSlot::Maker maker;
  maker.make = [setup = std::move(setup), options = options_.isolation](abi::Host& host) -> abi::Plugin* {
    return new IsolatedPlugin(host, static_cast<PluginSlot&>(host).strand(), setup, options);
  };
  maker.destroy = [](abi::Plugin& plugin) { delete static_cast<IsolatedPlugin*>(&plugin); };
  return maker;
}

void PluginSet::note_quarantine(const std::string& id, const std::string& reason) const {
  wiring_.log.write("host", abi::Level::error, reason);
  std::lock_guard lock(mutex_);
  for (const auto& member : members_) {
    if (member->about.id != id) continue;
    member->about.state = PluginState::quarantined;
    member->about.reason = reason;
  }
}

Status PluginSet::check_names(const Config& config) const {
  std::vector<std::string> known;
  known.reserve(members_.size());
  for (const auto& member : members_) known.push_back(member->about.id);
  for (const auto& id : config.plugin_ids()) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    return config.at("plugins." + id, no_such("plugin", id, known));
  }
  return {};
}

std::vector<std::string> PluginSet::check(const Config& config) const {
  std::vector<std::string> out;
  for (const auto& member : members_) {
    if (member->about.state == PluginState::faulted) out.push_back(member->about.reason.value_or(""));
    if (member->built_in.make || member->about.state != PluginState::accepted) continue;
    const auto settings = checked_settings(*member, config);
    if (!settings) out.push_back(settings.error().message);
  }
  if (const auto named = check_names(config); !named) out.push_back(named.error().message);
  return out;
}

std::vector<PluginSet::Known> PluginSet::known() const {
  std::vector<Known> out;
  out.reserve(members_.size());
  for (const auto& member : members_) out.push_back({member->about.id, member->accepted.manifest.settings});
  return out;
}

}  // namespace hive::host
