// The contracts as TypeScript: what the pages in the browser are checked against.
#include <hive/os/files.hpp>
#include <hive/sdk/draft/described_events.hpp>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <json_members.hpp>
#include <plugin_loader.hpp>
#include <words.hpp>

#include <algorithm>

#include "command.hpp"
#include "reference.hpp"
#include "schema.hpp"
#include "start_alone.hpp"
#include "text.hpp"

namespace hive::host::cli {
namespace {

/// Which way a value goes. The host writes every list of its own, empty ones too, but for a LeftOut; a caller may leave
/// one out.
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

/// Whether a member is `unreadable` of the contracts (hive/sdk/contracts/unreadable.hpp), which is absent where nothing
/// is left out.
bool is_left_out(std::string_view member, const json::object& described) {
  return member == "unreadable" && object_in(object_in(object_in(described, "items"), "properties"), "why").size() > 0;
}

std::string record_of(const json::object& properties, const json::object& schema, Way way, std::size_t depth) {
  std::string out = "{\n";
  for (const auto& member : properties) {
    const auto& described = member.value().as_object();
    const bool is_there =
        is_required(schema, member.key()) ||
        (way == Way::from_host && text_in(described, "type") == "array" && !is_left_out(member.key(), described));
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
  std::vector<std::string> out;
  for (const auto& choice : choices) out.push_back(write_json(choice));
  return joined(out, " | ");
}

std::string one_of(const json::array& options, Way way, std::size_t depth) {
  std::vector<std::string> out;
  for (const auto& option : options) out.push_back(type_of(option.as_object(), way, depth));
  return joined(out, " | ");
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

std::string methods_of(const Catalog& catalog) {
  std::string out;
  for (const auto& method : catalog.methods())
    if (is_for_operator(method.callers))
      out += "  " + comment(method.doc) + "\n  \"" + method.name +
             "\": {\n    params: " + type_of(method.params, Way::to_host, 2) +
             ";\n    result: " + type_of(method.result, Way::from_host, 2) + ";\n  };\n";
  return out;
}

std::string payloads_of(const std::vector<TopicEntry>& topics) {
  std::string out;
  for (const auto& topic : topics)
    if (is_for_operator(topic.audience))
      out += "  " + comment(topic.doc) + "\n  \"" + topic.topic + "\": " + type_of(topic.payload, Way::from_host, 1) +
             ";\n";
  return out;
}

std::string lists_of(const std::vector<SnapshotSource>& lists) {
  std::string out;
  for (const auto& list : lists)
    out += "  \"" + list.key + "\"?: Methods[\"" + list.method + "\"][\"result\"][\"" + list.member + "\"];\n";
  return out;
}

std::string page_entries(const std::vector<PageEntry>& entries) {
  std::string out;
  for (const auto& entry : entries)
    out +=
        "  " + comment(entry.doc) + "\n  \"" + entry.name + "\": " + type_of(entry.schema, Way::from_host, 1) + ";\n";
  return out;
}

std::string interface(std::string_view name, const std::string& members) {
  return "export interface " + std::string(name) + " {\n" + members + "}\n";
}

constexpr std::string_view kHead =
    "// Made by `./hive generate` from the contracts; change those.\n\n"
    "/** RFC 3339, UTC. */\n"
    "export type Time = string;\n"
    "/** No members. */\n"
    "export type None = Record<never, never>;\n";

void add_lists(std::vector<SnapshotSource>& out, const Manifest& manifest) {
  for (const auto& word : manifest.snapshot)
    if (auto source = parse_snapshot(word); source && source->of == SnapshotSource::Of::all)
      out.push_back(std::move(*source));
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
}

Result<PageContracts> installed_contracts() {
  const auto manifests = installed_manifests();
  if (!manifests) return manifests.error();
  PageContracts out{Catalog::built_in(), built_in_topics(), {}};
  for (const auto& manifest : *manifests) add_lists(out.lists, manifest);
  return out;
}

/// Topics that a built plugin publishes. Without a description in its file a payload is not known.
std::vector<TopicEntry> topics_of(const Accepted& accepted) {
  std::string text = "{}";
  const auto* drafted = accepted.descriptor == nullptr ? nullptr : draft::drafted(*accepted.descriptor);
  if (drafted != nullptr && drafted->describe_events != nullptr)
    drafted->describe_events(
        {[](void* context, std::string_view words) noexcept { *static_cast<std::string*>(context) = words; }, &text});
  const auto described = parse_json(text);
  std::vector<TopicEntry> out;
  for (const auto& [topic, audience] : accepted.manifest.publishes) {
    const auto event = described && described->is_object() ? object_in(described->get_object(), topic) : json::object();
    out.push_back({topic, text_in(event, "doc"), names_of_callers(Who(audience)), object_in(event, "payload")});
  }
  return out;
}

Result<PageContracts> contracts_of(const Accepted& accepted) {
  auto alone = start_alone(accepted.file, accepted.manifest.id);
  if (!alone) return alone.error();
  if (alone->plugin.state != host_api::PluginState::running)
    return error(Code::unavailable, accepted.file.string() +
                                        ": its methods are not known, because it does not start alone: " +
                                        alone->plugin.reason.value_or("it gives no reason"));
  std::erase_if(alone->methods, [&](const auto& method) { return !accepted.manifest.provides_role_of(method.name); });
  PageContracts out{Catalog(alone->methods), topics_of(accepted), {}};
  add_lists(out.lists, accepted.manifest);
  return out;
}

}  // namespace

std::string wire_types(const PageContracts& contracts) {
  return std::string(kHead) + "\n/** Every method that the operator may call. */\n" +
         interface("Methods", methods_of(contracts.catalog)) +
         "\n/** The payload of every event that the operator may see. */\n" +
         interface("Events", payloads_of(contracts.topics)) +
         "\n/** Lists that plugins give the state of the operator's page, by key. The list of a plugin that is not "
         "loaded is "
         "absent. */\n" +
         interface("SnapshotLists", lists_of(contracts.lists)) +
         "\n/** What an agent's harness answers its page. */\n" +
         interface("PageResults", page_entries(page_results())) +
         "\n/** Payloads of an agent's live events, by kind; others are not described. */\n" +
         interface("PagePayloads", page_entries(page_payloads()));
}

std::string added_wire_types(const std::string& plugin, const PageContracts& contracts) {
  return "// Made by `hive-c0re wire --plugin` from the contract of " + plugin + "; change that.\n" +
         "import type { None, Time } from \"@hive/web/wire\";\n\n" + "export type { None, Time };\n\n" +
         "declare module \"@hive/web/wire\" {\n" + interface("Methods", methods_of(contracts.catalog)) +
         interface("Events", payloads_of(contracts.topics)) + interface("SnapshotLists", lists_of(contracts.lists)) +
         "}\n";
}

Result<int> run_wire(const Invocation& invocation) {
  std::string kept, plugin;
  const CommandHelp help{"wire", "Prints the contracts as TypeScript, for sdk/web/src/wire.ts.", ""};
  const auto parsed = parse_words(help, invocation.words, [&](CLI::App& app) {
    auto* check = app.add_option("--check", kept, "print nothing; fail when this file says something else");
    auto* of = app.add_option("--plugin", plugin, "a built plugin, whose types are printed as additions to those");
    check->type_name("FILE")->excludes(of->type_name("FILE.so"));
  });
  if (!parsed) return parsed.error();
  if (*parsed == Parsed::helped) return 0;
  if (!plugin.empty()) {
    const auto accepted = accept_plugin(std::filesystem::absolute(plugin), Load::code);
    if (!accepted) return error(Code::conflict, accepted.error().message);
    const auto contracts = contracts_of(*accepted);
    if (!contracts) return contracts.error();
    print(added_wire_types(accepted->manifest.id, *contracts));
    return 0;
  }
  const auto contracts = installed_contracts();
  if (!contracts) return contracts.error();
  const auto made = wire_types(*contracts);
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
