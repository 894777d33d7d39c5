#include "config_view.hpp"

#include <array>

namespace hive::host {
namespace {

/// What a plugin is given of the host's own tables.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kHandedOn{
    {{"label", "[host]"}, {"operator_pronouns", "[host]"}}};

bool is_secret(const json::object& property) {
  const auto* mark = property.if_contains("writeOnly");
  return mark != nullptr && mark->is_bool() && mark->get_bool();
}

std::string origin_in(const Config& config, const std::string& table, std::string_view key) {
  auto origin = config.origin_of(table + "." + std::string(key));
  if (origin != "default" || !table.starts_with("plugins.")) return origin;
  for (const auto& [name, from] : kHandedOn)
    if (name == key) return std::string(from);
  return origin;
}

const json::object& no_members() {
  static const json::object kNone;
  return kNone;
}

void add_table(std::vector<Setting>& out, const Config& config, const std::string& table, const json::object& schema,
               const json::object& values);

void add_setting(std::vector<Setting>& out, const Config& config, const std::string& table, const std::string& key,
                 const json::object& property, const json::value* given) {
  if (property.contains("properties")) {
    const bool is_table = given != nullptr && given->is_object();
    return add_table(out, config, table + "." + key, property, is_table ? given->get_object() : no_members());
  }
  const auto* initial = property.if_contains("default");
  json::value value = given != nullptr ? *given : initial != nullptr ? *initial : json::value{};
  if (is_secret(property) && !value.is_null()) value = "(hidden)";
  out.push_back({table, key, std::move(value), origin_in(config, table, key)});
}

void add_table(std::vector<Setting>& out, const Config& config, const std::string& table, const json::object& schema,
               const json::object& values) {
  const auto* properties = schema.if_contains("properties");
  if (properties == nullptr || !properties->is_object()) return;
  for (const auto& [key, property] : properties->get_object()) {
    const bool shown_above = table.starts_with("plugins.") && key == "claude";  // the same for all
    if (property.is_object() && !shown_above)
      add_setting(out, config, table, key, property.get_object(), values.if_contains(key));
  }
}

json::object object_in(std::string_view text) {
  auto parsed = parse_json(text.empty() ? "{}" : text);
  return parsed && parsed->is_object() ? parsed->get_object() : json::object{};
}

}  // namespace

std::vector<Setting> effective_settings(const Config& config, const std::vector<PluginSet::Known>& plugins) {
  std::vector<Setting> out;
  add_table(out, config, "host", schema<HostSettings>(), encode_value(config.host()).as_object());
  add_table(out, config, "claude", schema<agent::ClaudeSettings>(), encode_value(config.claude()).as_object());
  for (const auto& plugin : plugins) {
    const auto table = "plugins." + plugin.id;
    add_table(out, config, table, schema<PluginKeys>(), encode_value(config.keys_of(plugin.id)).as_object());
    const auto settings = config.settings_of(plugin.id, plugin.schema);
    if (settings) add_table(out, config, table, object_in(plugin.schema), object_in(*settings));
  }
  return out;
}

}  // namespace hive::host
