#include "mcp/tools.hpp"

#include "json_read.hpp"
#include "mcp/answer.hpp"

#include <algorithm>

namespace hive::harness {
namespace {

/// What the CLI is asked to show its model in one piece: every answer, and the CLI's own words around it.
constexpr std::int64_t kMostShown = kMostAnswer + 4'000;
constexpr std::size_t kLongestDescription = 2'048;
/// `mcp__hyperhive__` and the name together: 64.
constexpr std::size_t kLongestName = 48;

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_typed(const json::value& property) {
  return !text_at(property, "type").empty() || member(property, "enum") != nullptr ||
         member(property, "anyOf") != nullptr;
}

HostTool tool_from(const host_api::MethodAbout& method, const host_api::ToolAbout& tool) {
  HostTool made{.name = tool.name,
                .method = method.name,
                .description = tool.description,
                .answer = tool.answer,
                .lines = tool.lines,
                .schema = tool.params.is_object() ? tool.params.get_object() : json::object(),
                .deadline_ms = method.deadline_ms,
                .is_read_only = tool.read_only,
                .is_idempotent = tool.idempotent,
                .is_open_world = tool.open_world,
                .takes_key = host_api::properties_of(method.about.params).contains("key")};
  if (tool.effect) made.is_destructive = *tool.effect == "destroys";
  return made;
}

/// Hints of a method that does not say them are left out: what a client then takes is the worst.
json::object annotations_of(const HostTool& tool) {
  json::object hints{{"readOnlyHint", tool.is_read_only}};
  if (tool.is_destructive) hints["destructiveHint"] = *tool.is_destructive;
  if (tool.is_idempotent) hints["idempotentHint"] = *tool.is_idempotent;
  if (tool.is_open_world) hints["openWorldHint"] = *tool.is_open_world;
  return hints;
}

}  // namespace

std::string flaw_of(const HostTool& tool) {
  if (tool.name.empty() || tool.name.size() > kLongestName) return "its name is empty or over 48 bytes";
  if (!std::ranges::all_of(tool.name, is_name_byte)) return "its name has other characters than A-Z a-z 0-9 _ -";
  if (tool.description.empty() || tool.description.size() > kLongestDescription)
    return "its description is empty or over 2,048 bytes";
  if (text_at(tool.schema, "type") != "object") return "its parameters are not an object";
  for (const auto* word : {"oneOf", "anyOf", "allOf"})
    if (tool.schema.contains(word)) return std::string("its parameters have ") + word + " at the top";
  const auto* properties = member(tool.schema, "properties");
  if (properties != nullptr && !properties->is_object()) return "its properties are not an object";
  for (const auto& [name, property] : object_at(tool.schema, "properties"))
    if (!is_typed(property)) return "its parameter " + std::string(name) + " has no type";
  return {};
}

std::vector<HostTool> tools_from(const host_api::Methods& methods, Who role,
                                 const std::function<void(std::string)>& complain) {
  std::vector<HostTool> tools;
  for (const auto& method : methods.methods) {
    const auto& tool = method.about.tool;
    if (!tool || (tool->to && !(Who(std::uint32_t(*tool->to)) & role))) continue;
    auto made = tool_from(method, *tool);
    if (const auto flaw = flaw_of(made); !flaw.empty())
      complain("tool " + made.name + " of " + method.name + " is left out: " + flaw);
    else
      tools.push_back(std::move(made));
  }
  std::ranges::sort(tools, {}, &HostTool::name);
  return tools;
}

json::object described(const HostTool& tool) {
  json::object schema = tool.schema;
  if (!schema.contains("properties")) schema["properties"] = json::object{};
  if (!tool.lines.empty()) {
    const auto own = hive::schema<Lines>(Hidden::leave_out);
    for (const auto& [name, property] : object_at(own, "properties")) schema["properties"].as_object()[name] = property;
  }
  json::object shown{{"name", tool.name}, {"description", tool.description}, {"inputSchema", std::move(schema)}};
  shown["annotations"] = annotations_of(tool);
  shown["_meta"] = {{"anthropic/maxResultSizeChars", kMostShown}};
  return shown;
}

}  // namespace hive::harness
