#pragma once
#include "catalog.hpp"

namespace hive::host::cli {

/// A method's result for people: a table for a list, lines for a record, a sentence for an action.
std::string rendered(const MethodEntry& method, const json::value& result);

/// A message with its head and its body, for `inbox`.
std::string rendered_message(const json::object& message, Time now);

/// Any JSON on several lines, indented by two.
std::string indented(const json::value& value);

/// A scalar, or what a list or record comes down to in one cell.
std::string cell(const json::value& value);

}  // namespace hive::host::cli
