#include "manifest.hpp"

#include "words.hpp"

#include <hive/toml_text/toml_text.hpp>

#include <algorithm>
#include <charconv>

namespace hive::host {
namespace {

std::vector<std::string> words(const char* list) {
  return split_words(list == nullptr ? "" : list);
}

std::set<std::string, std::less<>> set_of(const std::vector<std::string>& list) {
  return {list.begin(), list.end()};
}

/// `topic:audience`; without an audience nobody sees it.
std::map<std::string, std::uint32_t, std::less<>> topics_of(const std::vector<std::string>& list) {
  std::map<std::string, std::uint32_t, std::less<>> out;
  for (const auto& word : list) {
    const auto colon = std::min(word.find(':'), word.size());
    std::uint32_t audience = 0;
    if (colon < word.size()) std::from_chars(word.data() + colon + 1, word.data() + word.size(), audience);
    out[word.substr(0, colon)] = audience;
  }
  return out;
}

std::string text_of(const json::object& table, std::string_view key) {
  const auto* value = table.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::vector<std::string> list_of(const json::object& table, std::string_view key) {
  std::vector<std::string> out;
  const auto* value = table.if_contains(key);
  if (value == nullptr || !value->is_array()) return out;
  for (const auto& word : value->get_array())
    if (word.is_string()) out.emplace_back(word.get_string());
  return out;
}

/// ABI 1.0 has no panels.
bool has_panel(const abi::Descriptor& d) {
  return d.abi_minor > 0;
}

}  // namespace

bool Manifest::provides_role_of(std::string_view name) const {
  const auto role = name.substr(0, name.find('.'));
  return std::find(provides.begin(), provides.end(), role) != provides.end();
}

Manifest manifest_of(const abi::Descriptor& d) {
  Manifest out;
  out.id = d.id;
  out.version = d.version;
  out.abi = std::to_string(d.abi_major) + "." + std::to_string(d.abi_minor);
  out.abi_tag = d.abi_tag;
  out.provides = words(d.provides);
  out.needs = words(d.needs);
  out.calls = set_of(words(d.calls));
  out.listens = set_of(words(d.listens));
  out.publishes = topics_of(words(d.publishes));
  if (d.describe_settings != nullptr)
    d.describe_settings(
        {[](void* context, std::string_view text) noexcept { *static_cast<std::string*>(context) = text; },
         &out.settings});
  if (!has_panel(d)) return out;
  out.panel = d.panel == nullptr ? "" : d.panel;
  out.snapshot = words(d.snapshot);
  return out;
}

Result<Manifest> read_manifest(const std::filesystem::path& file) {
  const auto table = toml_text::read(file);
  if (!table) return table.error();
  const auto& root = table->values;
  Manifest out;
  out.id = text_of(root, "id");
  if (out.id.empty()) return error(Code::invalid_params, file.string() + ": has no id; build the plugin again");
  out.version = text_of(root, "version");
  out.abi = text_of(root, "abi");
  out.abi_tag = text_of(root, "abi_tag");
  out.provides = list_of(root, "provides");
  out.needs = list_of(root, "needs");
  out.calls = set_of(list_of(root, "calls"));
  out.listens = set_of(list_of(root, "listens"));
  out.publishes = topics_of(list_of(root, "publishes"));
  out.settings = text_of(root, "settings");
  out.panel = text_of(root, "panel");
  out.snapshot = list_of(root, "snapshot");
  return out;
}

std::string difference(const Manifest& a, const Manifest& b) {
  if (a.id != b.id) return "id";
  if (a.version != b.version) return "version";
  if (a.abi != b.abi) return "abi";
  if (a.abi_tag != b.abi_tag) return "abi_tag";
  if (a.provides != b.provides) return "provides";
  if (a.needs != b.needs) return "needs";
  if (a.calls != b.calls) return "calls";
  if (a.listens != b.listens) return "listens";
  if (a.publishes != b.publishes) return "publishes";
  if (a.panel != b.panel) return "panel";
  if (a.snapshot != b.snapshot) return "snapshot";
  return a.settings == b.settings ? "" : "settings";
}

}  // namespace hive::host
