#include "config.hpp"

#include "nearest.hpp"

#include <algorithm>
#include <array>

namespace hive::host {
namespace {

constexpr std::array<std::string_view, 4> kReserved{"enabled", "isolate", "required", "path"};

bool is_reserved(std::string_view key) {
  return std::find(kReserved.begin(), kReserved.end(), key) != kReserved.end();
}

std::vector<std::string> names_in(const json::object& schema) {
  std::vector<std::string> out;
  const auto* properties = schema.if_contains("properties");
  if (properties == nullptr || !properties->is_object()) return out;
  for (const auto& member : properties->get_object()) out.emplace_back(member.key());
  return out;
}

/// The first member of `table` that `schema` does not have.
std::optional<std::string> unknown_in(const json::object& table, const std::vector<std::string>& known) {
  for (const auto& member : table)
    if (std::find(known.begin(), known.end(), std::string_view(member.key())) == known.end()) return member.key();
  return {};
}

}  // namespace

Result<Config> Config::load(const Source& source) {
  Config out;
  out.toml_.file = "--set";
  if (!source.file.empty()) {
    auto toml = toml_text::read(source.file);
    if (!toml) return toml.error();
    out.toml_ = std::move(*toml);
  }
  for (const auto& given : source.given)
    if (auto set = out.override_with(given); !set) return set.error();
  if (auto read = out.read_tables(); !read) return read.error();
  return out;
}

Status Config::override_with(const std::string& given) {
  const auto equals = given.find('=');
  if (equals == given.npos || equals == 0)
    return error(Code::invalid_params, "--set " + given + ": wanted KEY=VALUE like host.log_level=debug");
  const auto path = given.substr(0, equals);
  auto* table = &toml_.values;
  std::size_t begin = 0;
  for (auto dot = path.find('.'); dot != path.npos; dot = path.find('.', begin)) {
    auto& next = (*table)[path.substr(begin, dot - begin)];
    if (!next.is_object()) next.emplace_object();
    table = &next.get_object();
    begin = dot + 1;
  }
  (*table)[path.substr(begin)] = toml_text::value_of(given.substr(equals + 1));
  overridden_.push_back(path);
  return {};
}

std::string Config::origin_of(const std::string& path) const {
  for (const auto& given : overridden_)
    if (path == given || path.starts_with(given + ".")) return "--set";
  const auto* at = &toml_.values;
  std::size_t begin = 0;
  for (auto dot = path.find('.'); dot != path.npos; dot = path.find('.', begin)) {
    const auto* next = at->if_contains(path.substr(begin, dot - begin));
    if (next == nullptr || !next->is_object()) return "default";
    at = &next->get_object();
    begin = dot + 1;
  }
  return at->contains(path.substr(begin)) ? toml_.place_of(path) : "default";
}

Error Config::at(const std::string& path, const std::string& what) const {
  const auto origin = origin_of(path);
  const auto place = origin == "default" ? toml_.place_of(path) : origin;
  return error(Code::invalid_params, place + ": " + path + ": " + what);
}

template <class T>
Result<T> Config::read(const std::string& table) const {
  const auto* value = toml_.values.if_contains(table);
  if (value == nullptr) return T{};
  if (!value->is_object()) return at(table, "wanted a table");
  const auto known = names_in(schema<T>());
  if (const auto key = unknown_in(value->get_object(), known))
    return at(table + "." + *key, no_such("setting", *key, known));
  T out{};
  Decoding decoding;
  if (Codec<T>::decode(*value, out, decoding)) return out;
  const auto& bad = decoding.mismatch;
  return at(table + bad.path, bad.what == "required" ? "is required" : "wanted " + bad.what);
}

Status Config::read_tables() {
  const std::vector<std::string> tables{"host", "claude", "plugins"};
  if (const auto key = unknown_in(toml_.values, tables)) return at(*key, no_such("table", *key, tables));
  auto host = read<HostSettings>("host");
  if (!host) return host.error();
  auto claude = read<agent::ClaudeSettings>("claude");
  if (!claude) return claude.error();
  host_ = std::move(*host);
  host_.may_act_as.merge(HostSettings{}.may_act_as);
  claude_ = std::move(*claude);
  return read_plugins();
}

Status Config::read_plugins() {
  const auto* plugins = toml_.values.if_contains("plugins");
  if (plugins == nullptr) return {};
  if (!plugins->is_object()) return at("plugins", "wanted tables like [plugins.broker]");
  for (const auto& [id, table] : plugins->get_object()) {
    const auto path = "plugins." + std::string(id);
    if (!table.is_object()) return at(path, "wanted a table");
    json::object reserved;
    for (const auto& [key, value] : table.get_object())
      if (is_reserved(key)) reserved[key] = value;
    PluginKeys keys;
    Decoding decoding;
    if (!Codec<PluginKeys>::decode(reserved, keys, decoding))
      return at(path + decoding.mismatch.path, "wanted " + decoding.mismatch.what);
    keys_[id] = std::move(keys);
  }
  return {};
}

std::vector<std::string> Config::plugin_ids() const {
  std::vector<std::string> out;
  out.reserve(keys_.size());
  for (const auto& [id, keys] : keys_) out.push_back(id);
  return out;
}

const PluginKeys& Config::keys_of(const std::string& plugin) const {
  static const PluginKeys kNone;
  const auto found = keys_.find(plugin);
  return found == keys_.end() ? kNone : found->second;
}

Result<std::string> Config::settings_of(const std::string& plugin, std::string_view schema_text) const {
  json::object settings;
  const auto path = "plugins." + plugin;
  if (const auto* plugins = toml_.values.if_contains("plugins"))
    if (const auto* table = plugins->get_object().if_contains(plugin))
      for (const auto& [key, value] : table->get_object())
        if (!is_reserved(key)) settings[key] = value;
  const auto schema = parse_json(schema_text.empty() ? "{}" : schema_text);
  const auto known = schema && schema->is_object() ? names_in(schema->get_object()) : std::vector<std::string>{};
  if (const auto key = unknown_in(settings, known)) return at(path + "." + *key, no_such("setting", *key, known));
  const auto fill = [&](const std::string& key, json::value value) {
    const bool wanted = std::find(known.begin(), known.end(), key) != known.end();
    if (wanted && !settings.contains(key)) settings[key] = std::move(value);
  };
  fill("claude", encode_value(claude_));
  fill("label", json::string(host_.label));
  fill("operator_pronouns", json::string(host_.operator_pronouns));
  return write_json(settings);
}

}  // namespace hive::host
