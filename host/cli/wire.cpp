// The contracts as TypeScript: what the pages in the browser are checked against.
#include <hive/os/files.hpp>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <json_members.hpp>

#include <algorithm>

#include "command.hpp"
#include "reference.hpp"
#include "schema.hpp"

namespace hive::host::cli {
namespace {

/// Which way a value goes. The host writes every list of its own, empty ones too; a caller may leave one out.
enum class Way { to_host, from_host };

std::string type_of(const json::object& schema, Way way, std::size_t depth);

std::string indent(std::size_t depth) {
  return std::string(2 * depth, ' ');
}

/// The end of a comment cannot stand in one.
std::string comment(std::string text) {
  for (auto at = text.find("*/"); at != std::string::npos; at = text.find("*/", at)) text.replace(at, 2, "* /");
  return "/** " + text + " */";
}

std::string record_of(const json::object& properties, const json::object& schema, Way way, std::size_t depth) {
  std::string out = "{\n";
  for (const auto& member : properties) {
    const auto& described = member.value().as_object();
    const bool is_there =
        is_required(schema, member.key()) || (way == Way::from_host && text_in(described, "type") == "array");
    if (const auto words = text_in(described, "description"); !words.empty())
      out += indent(depth + 1) + comment(words) + "\n";
    out += indent(depth + 1) + std::string(member.key()) + (is_there ? ": " : "?: ") +
           type_of(described, way, depth + 1) + ";\n";
  }
  return out + indent(depth) + "}";
}

std::string object_of(const json::object& schema, Way way, std::size_t depth) {
  const auto* properties = schema.if_contains("properties");
  if (properties != nullptr && !properties->as_object().empty())
    return record_of(properties->get_object(), schema, way, depth);
  const auto* others = schema.if_contains("additionalProperties");
  if (others != nullptr && others->is_object())
    return "Record<string, " + type_of(others->get_object(), way, depth) + ">";
  return "None";
}

std::string choices_of(const json::array& choices) {
  std::string out;
  for (const auto& choice : choices) out += (out.empty() ? "" : " | ") + write_json(choice);
  return out;
}

std::string one_of(const json::array& options, Way way, std::size_t depth) {
  std::string out;
  for (const auto& option : options) out += (out.empty() ? "" : " | ") + type_of(option.as_object(), way, depth);
  return out;
}

std::string type_of(const json::object& schema, Way way, std::size_t depth) {
  if (const auto* options = schema.if_contains("anyOf"); options != nullptr && options->is_array())
    return one_of(options->get_array(), way, depth);
  if (const auto* choices = schema.if_contains("enum"); choices != nullptr && choices->is_array())
    return choices_of(choices->get_array());
  if (const auto* only = schema.if_contains("const"); only != nullptr) return write_json(*only);
  const auto type = text_in(schema, "type");
  if (type == "array") {
    const auto* items = schema.if_contains("items");
    return "Array<" + (items == nullptr ? "unknown" : type_of(items->as_object(), way, depth)) + ">";
  }
  if (type == "object") return object_of(schema, way, depth);
  if (type == "string") return text_in(schema, "format") == "date-time" ? "Time" : "string";
  if (type == "integer" || type == "number") return "number";
  return type == "boolean" ? "boolean" : "unknown";
}

bool is_for_operator(const std::vector<std::string>& who) {
  return std::find(who.begin(), who.end(), "operator") != who.end();
}

void add_interface(std::string& out, std::string_view name, std::string_view doc,
                   const std::vector<PageEntry>& entries) {
  out.append("\n/** ").append(doc).append(" */\nexport interface ").append(name).append(" {\n");
  for (const auto& entry : entries)
    out +=
        "  " + comment(entry.doc) + "\n  \"" + entry.name + "\": " + type_of(entry.schema, Way::from_host, 1) + ";\n";
  out += "}\n";
}

constexpr std::string_view kHead =
    "// Made by `./hive generate` from the contracts; change those.\n\n"
    "/** RFC 3339, UTC. */\n"
    "export type Time = string;\n"
    "/** No members. */\n"
    "export type None = Record<never, never>;\n\n";

}  // namespace

std::string wire_types(const Catalog& catalog, const std::vector<TopicEntry>& topics) {
  std::string out(kHead);
  out += "/** Every method that the operator may call. */\nexport interface Methods {\n";
  for (const auto& method : catalog.methods()) {
    if (!is_for_operator(method.callers)) continue;
    out += "  " + comment(method.doc) + "\n  \"" + method.name +
           "\": {\n    params: " + type_of(method.params, Way::to_host, 2) +
           ";\n    result: " + type_of(method.result, Way::from_host, 2) + ";\n  };\n";
  }
  out += "}\n\n/** The payload of every event that the operator may see. */\nexport interface Events {\n";
  for (const auto& topic : topics)
    if (is_for_operator(topic.audience))
      out += "  " + comment(topic.doc) + "\n  \"" + topic.topic + "\": " + type_of(topic.payload, Way::from_host, 1) +
             ";\n";
  out += "}\n";
  add_interface(out, "PageResults", "What an agent's harness answers its page.", page_results());
  add_interface(out, "PagePayloads", "Payloads of an agent's live events, by kind; others are not described.",
                page_payloads());
  return out;
}

Result<int> run_wire(const Invocation& invocation) {
  std::string kept;
  const CommandHelp help{"wire", "Prints the contracts as TypeScript, for sdk/web/src/wire.ts.", ""};
  const auto parsed = parse_words(help, invocation.words, [&](CLI::App& app) {
    app.add_option("--check", kept, "print nothing; fail when this file says something else")->type_name("FILE");
  });
  if (!parsed) return parsed.error();
  if (*parsed == Parsed::helped) return 0;
  const auto made = wire_types(Catalog::built_in(), built_in_topics());
  if (kept.empty()) {
    print(made);
    return 0;
  }
  const auto text = os::read_file(kept, 2 * made.size());
  if (!text) return text.error();
  if (*text != made)
    return error(Code::conflict,
                 kept + ": is not what the contracts say; run `./hive generate` and commit what it wrote");
  return 0;
}

}  // namespace hive::host::cli
