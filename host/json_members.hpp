#pragma once
#include <boost/json/object.hpp>

#include <string>
#include <string_view>

/// Members of JSON objects that may lack them. All [any-thread].
namespace hive::host {

/// Empty when `object` has no text of that name.
std::string text_in(const boost::json::object& object, std::string_view member);

/// Empty when `object` has no object of that name.
boost::json::object object_in(const boost::json::object& object, std::string_view member);

}  // namespace hive::host
