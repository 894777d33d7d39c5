#include "catalog.hpp"

#include <hive/sdk/contracts/host.hpp>

#include <boost/json.hpp>
#include <json_members.hpp>
#include <words.hpp>

#include <algorithm>

namespace hive::host::cli {
namespace {

bool is_for_operator(const json::value& property) {
  const auto* mark = property.is_object() ? property.get_object().if_contains("callers") : nullptr;
  return mark == nullptr || Who(mark->to_number<std::uint32_t>()) & Who::operators;
}

/// What stands in the params and not in the tool's is set by programs, never asked of people; neither is what others
/// alone may give.
std::vector<std::string> hidden_members(const json::object& params, const json::object& tool) {
  const auto shown = object_in(object_in(tool, "params"), "properties");
  std::vector<std::string> out;
  for (const auto& member : object_in(params, "properties"))
    if ((!tool.empty() && !shown.contains(member.key())) || !is_for_operator(member.value()))
      out.emplace_back(member.key());
  return out;
}

std::vector<Column> columns_of(const std::string& text) {
  std::vector<Column> out;
  for (const auto& word : split_words(text)) {
    const auto equals = word.find('=');
    if (equals != word.npos) out.push_back({word.substr(0, equals), word.substr(equals + 1)});
  }
  return out;
}

MethodEntry entry_of(const host_api::MethodAbout& method) {
  const auto about = method.about.is_object() ? method.about.get_object() : json::object();
  const auto cli = object_in(about, "cli"), tool = object_in(about, "tool");
  MethodEntry entry;
  entry.name = method.name;
  entry.callers = method.callers;
  entry.deadline_ms = method.deadline_ms;
  entry.params = object_in(about, "params"), entry.result = object_in(about, "result");
  entry.doc = text_in(about, "doc");
  entry.alias = text_in(cli, "alias"), entry.awaits = text_in(cli, "awaits"), entry.text = text_in(cli, "text");
  entry.positional = split_words(text_in(cli, "positional"));
  entry.columns = columns_of(text_in(cli, "columns"));
  entry.tool = text_in(tool, "name"), entry.answer = text_in(tool, "answer");
  entry.hidden = hidden_members(entry.params, tool);
  return entry;
}

}  // namespace

bool MethodEntry::for_operator() const {
  return std::find(callers.begin(), callers.end(), "operator") != callers.end();
}

Catalog::Catalog(const std::vector<host_api::MethodAbout>& methods) {
  for (const auto& method : methods) methods_.push_back(entry_of(method));
  std::sort(methods_.begin(), methods_.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
}

Result<Catalog> Catalog::of_host(Session& session) {
  auto listed = session.call(host_api::kMethodsList, host_api::ListMethods{});
  if (!listed) return listed.error();
  return Catalog(listed->methods);
}

Catalog Catalog::built_in() {
  return Catalog(built_in_methods());
}

const MethodEntry* Catalog::by_alias(std::string_view alias) const {
  const auto found = std::find_if(methods_.begin(), methods_.end(),
                                  [&](const auto& m) { return m.alias == alias && m.for_operator(); });
  return found == methods_.end() ? nullptr : &*found;
}

const MethodEntry* Catalog::by_name(std::string_view role_and_verb) const {
  const auto found =
      std::find_if(methods_.begin(), methods_.end(), [&](const auto& m) { return m.name == role_and_verb; });
  return found == methods_.end() ? nullptr : &*found;
}

std::vector<const MethodEntry*> Catalog::of_role(std::string_view role) const {
  std::vector<const MethodEntry*> out;
  for (const auto& method : methods_)
    if (method.role() == role && method.for_operator()) out.push_back(&method);
  return out;
}

std::vector<std::string> Catalog::roles() const {
  std::vector<std::string> out;
  for (const auto& method : methods_)
    if (method.for_operator() && (out.empty() || out.back() != method.role())) out.push_back(method.role());
  return out;
}

}  // namespace hive::host::cli
