#include "request_params.hpp"

#include <hive/http/form.hpp>

#include <boost/json.hpp>

#include <algorithm>

namespace hive::dashboard {
namespace {

json::object schema_of(const json::object& members, std::string_view member) {
  const auto* schema = members.if_contains(member);
  return schema != nullptr && schema->is_object() ? schema->get_object() : json::object();
}

std::string_view type_of(const json::object& schema) {
  const auto* type = schema.if_contains("type");
  return type != nullptr && type->is_string() ? std::string_view(type->get_string()) : std::string_view();
}

json::value fitted(std::string_view text, const json::object& schema) {
  const auto type = type_of(schema);
  if (type == "boolean" && (text == "on" || text == "true")) return true;
  if (type == "boolean" && (text == "off" || text == "false")) return false;
  if (type == "integer" || type == "number")
    if (const auto number = parse_json(text); number && number->is_number()) return *number;
  return json::value(text);
}

/// A list takes each of several; anything else stands once.
Status put(json::object& params, const http::Form::Pair& pair, const json::object& members) {
  const auto schema = schema_of(members, pair.name);
  if (type_of(schema) == "array") {
    if (!params.contains(pair.name)) params[pair.name] = json::array();
    const auto* items = schema.if_contains("items");
    params[pair.name].get_array().push_back(
        fitted(pair.value, items != nullptr && items->is_object() ? items->get_object() : json::object()));
    return {};
  }
  if (params.contains(pair.name)) return error(Code::invalid_params, pair.name + ": is there more than once");
  params[pair.name] = fitted(pair.value, schema);
  return {};
}

}  // namespace

Result<json::object> params_of_body(const http::Request& request, const json::object& members) {
  if (request.body.empty()) return json::object();
  if (request.header("content-type").value_or("").starts_with("application/x-www-form-urlencoded")) {
    const auto form = http::form_of(request);
    if (!form) return form.error();
    json::object out;
    for (const auto& pair : form->pairs())
      if (auto added = put(out, pair, members); !added) return added.error();
    return out;
  }
  auto value = http::json_of(request);
  if (!value) return value.error();
  if (!value->is_object()) return error(Code::invalid_params, "the body is not a JSON object");
  return std::move(value->get_object());
}

Result<json::object> params_of_query(const http::Request& request, const json::object& members) {
  const auto query = http::query_of(request);
  if (!query) return query.error();
  json::object out;
  for (const auto& pair : query->pairs()) {
    if (!members.contains(pair.name)) return error(Code::invalid_params, pair.name + ": there is no such parameter");
    if (pair.value.empty()) continue;
    if (auto added = put(out, pair, members); !added) return added.error();
  }
  return out;
}

json::value typed(std::string_view text, const json::object& members, std::string_view member) {
  return fitted(text, schema_of(members, member));
}

}  // namespace hive::dashboard
