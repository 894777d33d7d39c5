#include "panels.hpp"

namespace hive::dashboard {

namespace fs = std::filesystem;

Status Panels::offer(const host_api::Plugin& plugin) {
  const auto module = plugin.panel.value_or("");
  if (const auto wanted = "panel-" + plugin.id + ".js"; module != wanted)
    return error(Code::invalid_params,
                 plugin.id + ": its panel is " + module + " and must be " + wanted + "; correct its HIVE_PLUGIN");
  const auto file = fs::path(plugin.file).parent_path() / module;
  std::error_code missing;
  const auto changed = fs::last_write_time(file, missing);
  if (missing)
    return error(Code::not_found, file.string() + ": the plugin's panel is not there; build it with hive_add_panel");
  {
    std::lock_guard lock(mutex_);
    const auto found = modules_.find(module);
    if (found != modules_.end() && found->second->file == file && found->second->changed == changed) return {};
  }
  auto content = http::Assets::load(file.parent_path(), {module});
  if (!content) return content.error();
  auto read = std::make_shared<const Module>(Module{file, changed, std::move(*content)});
  std::lock_guard lock(mutex_);
  modules_[module] = std::move(read);
  return {};
}

std::optional<http::Response> Panels::answer(const http::Request& request, std::string_view module) const {
  std::shared_ptr<const Module> found;
  {
    std::lock_guard lock(mutex_);
    const auto at = modules_.find(module);
    if (at == modules_.end()) return {};
    found = at->second;
  }
  return found->content.answer(request, module);
}

}  // namespace hive::dashboard
