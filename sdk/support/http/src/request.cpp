#include <hive/http/request.hpp>

#include <algorithm>

#include "text.hpp"

namespace hive::http {

std::string_view name_of(Verb verb) {
  switch (verb) {
    case Verb::get: return "GET";
    case Verb::post: return "POST";
    case Verb::put: return "PUT";
    case Verb::patch: return "PATCH";
    case Verb::del: return "DELETE";
  }
  return "";
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const Header& h) { return h.name == name; });
  if (found == headers.end()) return std::nullopt;
  return found->value;
}

std::string_view Request::parameter(std::string_view name) const {
  const auto found =
      std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& p) { return p.name == name; });
  return found == parameters.end() ? std::string_view() : found->value;
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  std::optional<std::string_view> found;
  for (auto pair : split(header("cookie").value_or(""), ';')) {
    pair = trim(pair);
    const auto equals = pair.find('=');
    // What is no pair is another program's on the same host name, and none of ours.
    if (equals == std::string_view::npos || trim(pair.substr(0, equals)) != name) continue;
    const auto value = trim(pair.substr(equals + 1));
    if (found && *found != value) return std::nullopt;
    found = value;
  }
  return found;
}

}  // namespace hive::http
