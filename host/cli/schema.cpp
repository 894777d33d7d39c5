#include "schema.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace hive::host::cli {

bool is_required(const boost::json::object& schema, std::string_view name) {
  const auto* required = schema.if_contains("required");
  if (required == nullptr || !required->is_array()) return false;
  const auto& names = required->get_array();
  return std::any_of(names.begin(), names.end(), [&](const boost::json::value& n) { return n.as_string() == name; });
}

}  // namespace hive::host::cli
