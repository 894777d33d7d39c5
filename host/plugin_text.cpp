#include "plugin_text.hpp"

#include "words.hpp"

#include <hive/json_text/json_text.hpp>
#include <hive/sdk/codec.hpp>
#include <hive/sdk/manifest_words.hpp>
#include <hive/utf8/utf8.hpp>

#include <boost/json.hpp>

#include <algorithm>

namespace hive::host {
namespace {

constexpr std::size_t kLongestVersion = 64, kMostWords = 256;
constexpr std::size_t kMostAbout = 48 << 10, kMostSettings = 256 << 10;  // bytes
constexpr std::size_t kMostShown = 1'024;
constexpr std::size_t kLongestDescription = 2'048;  // of a tool: clients cut at that
/// Levels that lists put around what a method says, of the 32 that JSON readers take.
constexpr std::string_view kAround = "[[[[[[[[", kAroundEnd = "]]]]]]]]";

bool is_small(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_file_name(std::string_view text) {
  const auto fits = [](char c) { return is_small(c) || is_digit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; };
  const auto stem = text.substr(0, text.rfind('.'));
  return text.size() <= kLongestWord && text.ends_with(".js") && !stem.empty() &&
         std::all_of(stem.begin(), stem.end(), fits);
}

bool is_tool_name(std::string_view text) {
  return text.size() <= kLongestWord && std::all_of(text.begin(), text.end(), [](char c) {
           return is_small(c) || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-';
         });
}

bool is_alias(std::string_view text) {
  return text.size() <= kLongestWord && (text.empty() || is_small(text[0])) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_small(c) || is_digit(c) || c == '-' || c == '_'; });
}

std::string in_quotes(std::string_view text) {
  return "`" + utf8::without_unseen(utf8::beginning_of(text, kLongestWord), '?') + "`";
}

/// A list whose words must each be such a name.
template <class List, class Fits>
std::string flaw_in(std::string_view what, const List& list, Fits fits, std::string_view wanted) {
  if (list.size() > kMostWords)
    return "its `" + std::string(what) + "` has over " + std::to_string(kMostWords) + " words";
  for (const auto& word : list)
    if (!fits(word))
      return "its `" + std::string(what) + "` has " + in_quotes(word) + ", which is not a " + std::string(wanted);
  return {};
}

/// Joiners are kept, for many scripts are written with them, and several lines may stand in one text.
bool is_readable(std::string_view text) {
  while (!text.empty()) {
    const auto [point, bytes] = utf8::first_of(text);
    if (bytes == 0 || (point != '\n' && utf8::is_unseen(point) && !utf8::is_joiner(point))) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

bool is_each_readable(const json::value& value) {
  if (const auto* text = value.if_string()) return is_readable(*text);
  if (const auto* list = value.if_array()) return std::all_of(list->begin(), list->end(), &is_each_readable);
  if (const auto* object = value.if_object())
    return std::all_of(object->begin(), object->end(), [](const auto& member) {
      return !utf8::has_unseen(member.key()) && is_each_readable(member.value());
    });
  return true;
}

/// The object that `text` is. Errors: what is wrong with it.
Result<json::object> object_of(std::string_view text, std::size_t most) {
  const auto wrong = [](std::string what) { return error(Code::invalid_params, std::move(what)); };
  if (text.size() > most) return wrong("has over " + std::to_string(most) + " bytes");
  if (!utf8::is_valid(text)) return wrong("is not UTF-8");
  if (!json_text::is_value(std::string(kAround).append(text).append(kAroundEnd)))
    return wrong("is not one JSON value, or is too deep");
  auto value = parse_json(text);
  if (!value || !value->is_object()) return wrong("is not a JSON object");
  if (!is_each_readable(*value)) return wrong("has characters that cannot be seen");
  return std::move(value->get_object());
}

std::string flaw_of_settings(const std::string& settings) {
  if (settings.empty()) return {};
  const auto schema = object_of(settings, kMostSettings);
  return schema ? std::string() : "the description of its settings " + schema.error().message;
}

std::string flaw_of_topics(const Manifest& manifest) {
  for (const auto& [topic, audience] : manifest.publishes) {
    if (!is_dotted(topic)) return "its `publishes` has " + in_quotes(topic) + ", which is not a name like role.fact";
    if (!manifest.provides_role_of(topic))
      return "it publishes " + topic + " and does not provide the role " + topic.substr(0, topic.find('.'));
  }
  return manifest.publishes.size() > kMostWords ? "it publishes too many topics" : "";
}

std::string flaw_of_tool(const host_api::ToolAbout& tool) {
  if (tool.name.empty() || !is_tool_name(tool.name))
    return "its tool name must be 1 to 48 characters from A-Z a-z 0-9 _ -";
  if (tool.description.empty() || tool.description.size() > kLongestDescription)
    return "the description of its tool " + tool.name + " is empty or over 2,048 bytes";
  return {};
}

}  // namespace

std::string flaw_of(const Manifest& manifest) {
  if (!is_word(manifest.id)) return "its id must look like word_count: a letter, then at most 47 of a-z 0-9 _";
  if (manifest.version.empty() || manifest.version.size() > kLongestVersion || utf8::has_unseen(manifest.version))
    return "its version is empty, over 64 bytes, or has characters that cannot be seen";
  const auto is_source = [](std::string_view word) { return parse_snapshot(word).has_value(); };
  const auto is_topic = [](std::string_view word) { return word == "*" || is_dotted(word); };
  for (auto flaw : {flaw_in("provides", manifest.provides, is_word, "role name"),
                    flaw_in("needs", manifest.needs, is_word, "role name"),
                    flaw_in("calls", manifest.calls, is_dotted, "name like role.verb"),
                    flaw_in("listens", manifest.listens, is_topic, "name like role.fact"),
                    flaw_in("snapshot", manifest.snapshot, is_source, "source like key=role.verb/member"),
                    flaw_of_topics(manifest), flaw_of_settings(manifest.settings)})
    if (!flaw.empty()) return flaw;
  if (!manifest.panel.empty() && !is_file_name(manifest.panel))
    return "its panel " + in_quotes(manifest.panel) + " is not a file name like panel-hello.js";
  return {};
}

Result<MethodNames> names_of(const abi::MethodInfo& method) {
  const auto wrong = [&](const std::string& what) {
    return error(Code::invalid_params, shown(method.name) + ": is left out: " + what);
  };
  if (!is_dotted(method.name)) return wrong("its name must look like role.verb");
  if (method.about.empty()) return MethodNames{};
  const auto said = object_of(method.about, kMostAbout);
  if (!said) return wrong("its description " + said.error().message);
  const auto about = decode_value<host_api::About>(*said, Unknown::ignore);
  if (!about) return wrong("its description has a flaw: " + about.error().message);
  MethodNames out{.alias = about->cli.alias, .addresses = about->http, .from_pages = about->from_pages};
  if (about->tool) {
    if (auto flaw = flaw_of_tool(*about->tool); !flaw.empty()) return wrong(flaw);
    out.tool = about->tool->name;
  }
  if (auto flaw = flaw_of_addresses(*about); !flaw.empty()) return wrong(flaw);
  if (!out.addresses.empty() && !(Who(method.callers) & Who::operators))
    return wrong("its address " + out.addresses[0].path + " is for the operator, who may not call it");
  if (!is_alias(out.alias)) return wrong("its alias " + in_quotes(out.alias) + " is not a word of a-z 0-9 _ -");
  return out;
}

std::string shown(std::string_view text) {
  return utf8::without_unseen(utf8::beginning_of(text, kMostShown), '?');
}

}  // namespace hive::host
