#pragma once
#include <boost/json/object.hpp>

#include <string_view>

/// Reading JSON Schemas as the contracts make them. [any-thread]
namespace hive::host::cli {

bool is_required(const boost::json::object& schema, std::string_view name);

}  // namespace hive::host::cli
