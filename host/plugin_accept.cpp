#include "plugin_accept.hpp"

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

}  // namespace

std::vector<std::filesystem::path> plugin_files(const std::vector<std::filesystem::path>& folders,
                                                const Config& config) {
  std::vector<std::filesystem::path> files;
  for (const auto& folder : folders)
    for (auto& file : plugins_in(folder)) files.push_back(std::move(file));
  for (const auto& id : config.plugin_ids())
    if (const auto& path = config.keys_of(id).path) {
      std::erase_if(files, [&](const auto& file) { return file.stem() == id; });
      files.emplace_back(*path);
    }
  return files;
}

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

void accept(Member& member, const Config& config, Load isolated) {
  auto& about = member.about;
  const auto& file = member.accepted.file;
  member.keys = config.keys_of(about.id);
  about.isolated = member.keys.isolate;
  about.reason.reset();
  about.state = PluginState::disabled;
  if (!member.keys.enabled) return;
  auto accepted = accept_plugin(file, member.keys.isolate ? isolated : Load::code);
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

}  // namespace hive::host
