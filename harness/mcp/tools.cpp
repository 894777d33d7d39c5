#include "mcp/tools.hpp"

#include "json_read.hpp"

#include <algorithm>

namespace hive::harness {
namespace {

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

HostTool tool_from(const host_api::MethodAbout& method, const json::object& tool) {
  HostTool made{.name = std::string(text_at(tool, "name")),
                .method = method.name,
                .description = std::string(text_at(tool, "description")),
                .answer = std::string(text_at(tool, "answer")),
                .schema = object_at(tool, "params"),
                .deadline_ms = method.deadline_ms,
                .is_read_only = is_true_at(tool, "read_only")};
  const auto& properties = object_at(object_at(method.about, "params"), "properties");
  made.takes_key = properties.contains("key");
  return made;
}

std::string text_for_people(const json::value* value) {
  if (value == nullptr || value->is_null()) return {};
  return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

}  // namespace

std::string flaw_of(const HostTool& tool) {
  if (tool.name.empty() || tool.name.size() > kLongestName) return "its name is empty or over 48 bytes";
  if (!std::ranges::all_of(tool.name, is_name_byte)) return "its name has other characters than A-Z a-z 0-9 _ -";
  if (tool.description.empty() || tool.description.size() > kLongestDescription)
    return "its description is empty or over 2,048 bytes";
  if (text_at(tool.schema, "type") != "object") return "its parameters are no object";
  for (const auto* word : {"oneOf", "anyOf", "allOf"})
    if (tool.schema.contains(word)) return std::string("its parameters have ") + word + " at the top";
  const auto* properties = member(tool.schema, "properties");
  if (properties != nullptr && !properties->is_object()) return "its properties are no object";
  for (const auto& [name, property] : object_at(tool.schema, "properties"))
    if (!is_typed(property)) return "its parameter " + std::string(name) + " has no type";
  return {};
}

std::vector<HostTool> tools_from(const host_api::Methods& methods, Who role,
                                 const std::function<void(std::string)>& complain) {
  std::vector<HostTool> tools;
  for (const auto& method : methods.methods) {
    const auto& tool = object_at(method.about, "tool");
    if (tool.empty()) continue;
    if (const auto to = integer_at(tool, "to"); to && !(Who(std::uint32_t(*to)) & role)) continue;
    auto made = tool_from(method, tool);
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
  json::object shown{{"name", tool.name}, {"description", tool.description}, {"inputSchema", std::move(schema)}};
  shown["annotations"] = {{"readOnlyHint", tool.is_read_only}};
  return shown;
}

std::string answer_text(const HostTool& tool, std::string_view result) {
  boost::system::error_code failed;
  const auto value = json::parse(result, failed);
  if (tool.answer.empty() || failed) {
    const bool says_nothing = !failed && value.is_object() && value.get_object().empty();
    return says_nothing ? "Done." : std::string(result);
  }
  std::string text;
  std::string_view rest = tool.answer;
  for (auto begin = rest.find('{'); begin != rest.npos; begin = rest.find('{')) {
    const auto end = rest.find('}', begin);
    if (end == rest.npos) break;
    text += rest.substr(0, begin);
    text += text_for_people(member(value, rest.substr(begin + 1, end - begin - 1)));
    rest.remove_prefix(end + 1);
  }
  return text + std::string(rest);
}

}  // namespace hive::harness
