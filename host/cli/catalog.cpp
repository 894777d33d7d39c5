#include "catalog.hpp"

#include <hive/sdk/contracts/host.hpp>

#include <boost/json.hpp>
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
std::vector<std::string> hidden_members(const host_api::About& about) {
  const auto shown = about.tool ? host_api::properties_of(about.tool->params) : json::object();
  std::vector<std::string> out;
  for (const auto& member : host_api::properties_of(about.params))
    if ((about.tool && !shown.contains(member.key())) || !is_for_operator(member.value()))
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
  const auto& about = method.about;
  MethodEntry entry;
  entry.name = method.name;
  entry.callers = method.callers;
  entry.deadline_ms = method.deadline_ms;
  if (about.params.is_object()) entry.params = about.params.get_object();
  if (about.result.is_object()) entry.result = about.result.get_object();
  entry.doc = about.doc;
  entry.alias = about.cli.alias, entry.awaits = about.cli.awaits, entry.text = about.cli.text;
  entry.positional = split_words(about.cli.positional);
  entry.columns = columns_of(about.cli.columns);
  if (about.tool) entry.tool = about.tool->name, entry.answer = about.tool->answer;
  entry.hidden = hidden_members(about);
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
