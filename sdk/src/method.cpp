#include <hive/sdk/method.hpp>

namespace hive {

Who who_is(std::string_view principal) {
  if (principal == "operator") return Who::operators;
  if (principal == "manager") return Who::manager;
  if (principal.starts_with("agent:")) return Who::agents;
  if (principal.starts_with("plugin:")) return Who::plugins;
  return Who::none;
}

namespace {

std::string_view word_of(Effect effect) {
  switch (effect) {
    case Effect::reads: return "reads";
    case Effect::adds: return "adds";
    case Effect::destroys: return "destroys";
  }
  return "?";
}

void leave_out_what_others_give(json::object& schema, Who who) {
  auto* properties = schema.if_contains("properties");
  if (properties == nullptr || !properties->is_object()) return;
  json::object own;
  for (auto& [name, property] : properties->get_object()) {
    auto* const described = property.if_object();
    const auto* mark = described == nullptr ? nullptr : described->if_contains("callers");
    if (mark != nullptr && !(Who(mark->to_number<std::uint32_t>()) & who)) continue;
    if (mark != nullptr) described->erase("callers");
    own.emplace(name, std::move(property));
  }
  *properties = std::move(own);
}

}  // namespace

json::object tool_params(const Fields& fields, std::initializer_list<MostBytes> narrower) {
  std::vector<FieldInfo> members(fields.members.begin(), fields.members.end());
  for (auto& field : members)
    for (const auto& most : narrower)
      if (field.name == most.member) field.bytes = std::min(field.bytes, most.bytes);
  auto own = fields;
  own.members = members;
  return schema_object(own, Hidden::leave_out);
}

std::string about_text(const Offer& offer, json::object params, json::object tool_params, json::object result) {
  const auto& [doc, tool, cli, http] = offer;
  json::object about{{"doc", doc}, {"params", std::move(params)}, {"result", std::move(result)}};
  if (!tool.name.empty())
    about["tool"] = {{"name", tool.name},
                     {"description", tool.description},
                     {"answer", tool.answer},
                     {"lines", tool.lines},
                     {"to", std::uint32_t(tool.offered_to)},
                     {"read_only", tool.effect == Effect::reads},
                     {"effect", word_of(tool.effect)},
                     {"idempotent", tool.idempotent},
                     {"open_world", tool.open_world},
                     {"params", std::move(tool_params)}};
  about["cli"] = {{"alias", cli.alias},
                  {"positional", cli.positional},
                  {"awaits", cli.awaits},
                  {"columns", cli.columns},
                  {"text", cli.text}};
  json::array routes;
  for (const auto& route : http.routes)
    if (!route.path.empty())
      routes.push_back({{"verb", route.verb}, {"path", route.path}, {"with", route.with}, {"joins", route.joins}});
  about["http"] = std::move(routes);
  about["from_pages"] = http.from_pages;
  return write_json(about);
}

void own_view(json::object& about, Who who) {
  if (auto* params = about.if_contains("params"); params != nullptr && params->is_object())
    leave_out_what_others_give(params->get_object(), who);
  auto* tool = about.if_contains("tool");
  if (tool == nullptr || !tool->is_object()) return;
  if (auto* params = tool->get_object().if_contains("params"); params != nullptr && params->is_object())
    leave_out_what_others_give(params->get_object(), who);
}

}  // namespace hive
