#include "reference.hpp"

#include <hive/sdk/duration.hpp>
#include <hive/sdk/who.hpp>

#include <boost/json.hpp>
#include <json_members.hpp>
#include <words.hpp>

#include <algorithm>

#include "schema.hpp"
#include "text.hpp"

namespace hive::host::cli {
namespace {

constexpr std::string_view kMade = "<!-- Made by `./hive generate` from the contracts; change those. -->\n\n";

/// Text in a cell of a table.
std::string in_cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string number_in(const json::object& schema, std::string_view member) {
  const auto* value = schema.if_contains(member);
  return value == nullptr ? std::string() : write_json(*value);
}

std::string limits_of(const json::object& schema) {
  const auto low = number_in(schema, "minimum"), high = number_in(schema, "maximum");
  if (!low.empty() && !high.empty()) return ", " + low + " to " + high;
  if (const auto bytes = number_in(schema, "maxLength"); !bytes.empty()) return ", at most " + bytes + " bytes";
  if (const auto items = number_in(schema, "maxItems"); !items.empty()) return ", at most " + items;
  return "";
}

std::string type_of(const json::object& schema) {
  if (const auto* choices = schema.if_contains("enum"); choices != nullptr && choices->is_array()) {
    std::vector<std::string> words;
    for (const auto& choice : choices->get_array()) words.push_back("`" + std::string(choice.as_string()) + "`");
    return joined(words);
  }
  const auto type = text_in(schema, "type");
  if (type == "array" && schema.contains("items") && schema.at("items").is_object())
    return "list of " + type_of(schema.at("items").get_object()) + limits_of(schema);
  if (type == "string" && text_in(schema, "format") == "date-time") return "time";
  return (type.empty() ? "any JSON" : type == "string" ? "text" : type) + limits_of(schema);
}

const json::object* properties_of(const json::object& schema) {
  const auto* properties = schema.if_contains("properties");
  return properties != nullptr && properties->is_object() && !properties->get_object().empty()
             ? &properties->get_object()
             : nullptr;
}

/// Who may give it, where not every caller may.
std::string givers_of(const json::object& schema) {
  const auto* mark = schema.if_contains("callers");
  if (mark == nullptr) return "";
  return "; from " + joined(names_of_callers(Who(mark->to_number<std::uint32_t>()))) + " alone";
}

/// The members of a record one under the other, nested ones after their parent.
void add_members(std::string& out, const json::object& schema, const std::string& prefix) {
  const auto* properties = properties_of(schema);
  if (properties == nullptr) return;
  for (const auto& member : *properties) {
    const auto& described = member.value().as_object();
    const auto name = prefix + std::string(member.key());
    out += "| `" + name + "` | " + type_of(described) + " | " + (is_required(schema, member.key()) ? "yes" : "") +
           " | " + in_cell(text_in(described, "description")) + givers_of(described) + " |\n";
    add_members(out, described, name + ".");
    const auto* items = described.if_contains("items");
    if (items != nullptr && items->is_object()) add_members(out, items->get_object(), name + "[].");
  }
}

std::string members_table(std::string_view title, const json::object& schema) {
  if (properties_of(schema) == nullptr) return std::string(title) + ": none.\n\n";
  std::string out = std::string(title) + ":\n\n| member | type | required | what |\n|---|---|---|---|\n";
  add_members(out, schema, "");
  if (const auto rule = text_in(schema, "description"); !rule.empty()) out += "\n" + rule + ".\n";
  return out + "\n";
}

void add_settings(std::string& out, const json::object& schema, const std::string& prefix) {
  const auto* properties = properties_of(schema);
  if (properties == nullptr) return;
  for (const auto& member : *properties) {
    const auto& described = member.value().as_object();
    const auto name = prefix + std::string(member.key());
    if (properties_of(described) != nullptr) {
      add_settings(out, described, name + ".");
      continue;
    }
    const auto* preset = described.if_contains("default");
    out += "| `" + name + "` | " + type_of(described) + " | " +
           (preset == nullptr ? "" : "`" + in_cell(write_json(*preset)) + "`") + " | " +
           in_cell(text_in(described, "description")) + " |\n";
  }
}

std::string method_text(const MethodEntry& method) {
  std::string out = "### " + method.name + "\n\n" + method.doc + "\n\nCallers: " + joined(method.callers) +
                    ". Deadline: " + duration_text(std::chrono::milliseconds(method.deadline_ms)) + ".";
  if (!method.tool.empty()) out += " Tool: `mcp__hyperhive__" + method.tool + "`.";
  if (!method.alias.empty()) out += " Command: `hive-c0re " + method.alias + "`.";
  if (!method.awaits.empty()) out += " Its end is the event `" + method.awaits + "`.";
  return out + "\n\n" + members_table("Params", method.params) + members_table("Result", method.result);
}

}  // namespace

std::string methods_page(const Catalog& catalog, const std::vector<TopicEntry>& topics) {
  std::string out(kMade);
  out +=
      "# Methods and events\n\nEvery method is reached by `hive-c0re call NAME JSON`, by `hive-c0re ROLE VERB` where "
      "the operator may call it, and by JSON-RPC 2.0 on the sockets. Params are checked strictly; unknown members of "
      "results and events are to be ignored.\n\n";
  std::string role;
  for (const auto& method : catalog.methods()) {
    if (method.role() != role) out += "## " + (role = method.role()) + "\n\n";
    out += method_text(method);
  }
  out += "## Events\n\nBest effort, in one order for all; what must not be lost is in a store first.\n\n";
  for (const auto& topic : topics)
    out += "### " + topic.topic + "\n\n" + topic.doc + " Audience: " + joined(topic.audience) + ".\n\n" +
           members_table("Payload", topic.payload);
  out.pop_back();
  return out;
}

std::string configuration_page(const std::vector<SettingsTable>& tables) {
  std::string out(kMade);
  out +=
      "# Configuration\n\nOne TOML file: `hive.toml` in the root, else `/etc/hyperhive/hive.toml`, or the one "
      "that `serve --config FILE` names. Everything has a default. `serve --set a.b=VALUE` overrides one "
      "value for that run. `hive-c0re config check` says what is wrong with file, line and the nearest "
      "name; `hive-c0re config show` lists what is in force and where it comes from.\n\n";
  for (const auto& table : tables) {
    out += "## [" + table.name + "]\n\n" + table.words + "\n\n";
    if (properties_of(table.schema) == nullptr) {
      out += "No settings of its own.\n\n";
      continue;
    }
    out += "| key | type | default | what |\n|---|---|---|---|\n";
    add_settings(out, table.schema, "");
    out += "\n";
  }
  out.pop_back();
  return out;
}

std::string cli_page(const std::string& overview, const std::vector<CommandPage>& commands) {
  std::string out(kMade);
  out += "# Command line\n\n```\n" + overview + "```\n\n";
  for (const auto& command : commands) {
    auto help = command.help;
    while (help.ends_with('\n')) help.pop_back();
    while (help.starts_with('\n')) help.erase(0, 1);
    out += "## hive-c0re " + command.name + "\n\n```\n" + help + "\n```\n\n";
  }
  out.pop_back();
  return out;
}

}  // namespace hive::host::cli
