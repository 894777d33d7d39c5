#pragma once
#include <boost/json/object.hpp>

#include <string>
#include <string_view>

/// Reading JSON Schemas as the contracts make them. [any-thread]
namespace hive::host::cli {

/// Empty when `object` has no text of that name.
std::string text_in(const boost::json::object& object, std::string_view member);
bool is_required(const boost::json::object& schema, std::string_view name);

}  // namespace hive::host::cli
