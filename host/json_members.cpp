#include "json_members.hpp"

#include <boost/json.hpp>

namespace hive::host {

std::string text_in(const boost::json::object& object, std::string_view member) {
  const auto* value = object.if_contains(member);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

boost::json::object object_in(const boost::json::object& object, std::string_view member) {
  const auto* value = object.if_contains(member);
  return value != nullptr && value->is_object() ? value->get_object() : boost::json::object();
}

}  // namespace hive::host
