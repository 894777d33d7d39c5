#include <hive/http/form.hpp>
#include <hive/utf8/utf8.hpp>

#include <boost/json.hpp>

#include "text.hpp"

namespace hive::http {
namespace {

/// The body's media type, without parameters.
std::string type_of(const Request& request) {
  const auto value = request.header("content-type").value_or("");
  return lower(trim(value.substr(0, value.find(';'))));
}

Status check_type(const Request& request, std::string_view wanted) {
  if (type_of(request) == wanted) return {};
  return error(Code::invalid_params, "the body is " + (type_of(request).empty() ? "of no type" : type_of(request)) +
                                         "; send it as " + std::string(wanted));
}

Result<std::string> decode(std::string_view text, std::string_view pair) {
  auto decoded = percent_decode(text, Plus::space);
  if (!decoded || !utf8::is_valid(*decoded) || decoded->find('\0') != std::string::npos)
    return error(Code::invalid_params,
                 std::string(pair.substr(0, pair.find('='))) + ": is not percent-encoded UTF-8 text without NUL");
  return std::move(*decoded);
}

}  // namespace

Result<Form> parse_form(std::string_view text) {
  std::vector<Form::Pair> pairs;
  for (const auto pair : split(text, '&')) {
    if (pair.empty()) continue;
    if (pairs.size() == Form::kMost)
      return error(Code::invalid_params,
                   "the form has more than " + std::to_string(Form::kMost) + " fields; send fewer");
    const auto equals = pair.find('=');
    auto name = decode(pair.substr(0, equals), pair);
    if (!name) return name.error();
    auto value = decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1), pair);
    if (!value) return value.error();
    pairs.push_back({std::move(*name), std::move(*value)});
  }
  return Form(std::move(pairs));
}

Result<std::optional<std::string>> Form::maybe(std::string_view name) const {
  auto values = all(name);
  if (values.size() > 1) return error(Code::invalid_params, std::string(name) + ": is there more than once");
  if (values.empty() || values[0].empty()) return std::optional<std::string>();
  return std::optional<std::string>(std::move(values[0]));
}

Result<std::string> Form::one(std::string_view name) const {
  auto value = maybe(name);
  if (!value) return value.error();
  if (!*value) return error(Code::invalid_params, std::string(name) + ": is required");
  return std::move(**value);
}

std::vector<std::string> Form::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& pair : pairs_)
    if (pair.name == name) values.push_back(pair.value);
  return values;
}

Result<Form> form_of(const Request& request) {
  if (auto type = check_type(request, "application/x-www-form-urlencoded"); !type) return type.error();
  return parse_form(request.body);
}

Result<Form> query_of(const Request& request) {
  return parse_form(request.query);
}

Result<json::value> json_of(const Request& request) {
  if (auto type = check_type(request, "application/json"); !type) return type.error();
  return parse_json(request.body);
}

}  // namespace hive::http
