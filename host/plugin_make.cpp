#include "plugin_make.hpp"

namespace hive::host {
namespace {

/// What check_settings hands over: first the path, then what was wanted.
struct Refusal {
  std::vector<std::string> parts;
  static void take(void* context, std::string_view text) noexcept {
    static_cast<Refusal*>(context)->parts.emplace_back(text);
  }
};

PluginSlot::Maker isolated_maker(const Accepted& accepted, std::string settings, const MakeOptions& options) {
  IsolatedSetup setup{accepted.manifest.id, accepted.file.string(), options.root.string(), options.share.string(),
                      std::move(settings)};
  setup.on_quarantined = [told = options.on_quarantined, id = setup.id](const std::string& reason) {
    told(id, reason);
  };
  PluginSlot::Maker maker;
  maker.make = [setup = std::move(setup), isolation = options.isolation](abi::Host& host) -> abi::Plugin* {
    return new IsolatedPlugin(host, static_cast<PluginSlot&>(host).strand(), setup, isolation);
  };
  maker.destroy = [](abi::Plugin& plugin) { delete static_cast<IsolatedPlugin*>(&plugin); };
  return maker;
}

}  // namespace

Result<std::string> checked_settings(const Accepted& accepted, const Config& config) {
  const auto& manifest = accepted.manifest;
  auto settings = config.settings_of(manifest.id, manifest.settings);
  if (!settings || accepted.descriptor == nullptr) return settings;
  Refusal refusal;
  accepted.descriptor->check_settings(*settings, {&Refusal::take, &refusal});
  if (refusal.parts.size() < 2) return settings;
  const auto& what = refusal.parts[1];
  return config.at("plugins." + manifest.id + refusal.parts[0], what == "required" ? "is required" : "wanted " + what);
}

Result<PluginSlot::Maker> maker_of(const Member& member, const Config& config, const MakeOptions& options) {
  if (member.built_in.make) return member.built_in;
  auto settings = checked_settings(member.accepted, config);
  if (!settings) return settings.error();
  const auto* descriptor = member.accepted.descriptor;
  if (descriptor == nullptr) return isolated_maker(member.accepted, std::move(*settings), options);
  PluginSlot::Maker maker;
  maker.make = [descriptor, settings = std::move(*settings), root = options.root.string(),
                share = options.share.string()](abi::Host& host) {
    const abi::Environment environment{sizeof(abi::Environment), root, share, settings};
    return descriptor->create(&host, &environment);
  };
  maker.destroy = [descriptor](abi::Plugin& plugin) { descriptor->destroy(&plugin); };
  return maker;
}

}  // namespace hive::host
