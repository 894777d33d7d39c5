#pragma once
#include <boost/json.hpp>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

/// Reading JSON that somebody else wrote: whatever is missing or of another type reads as nothing.
/// `From` is json::value or json::object; views live as long as it does.
namespace hive::harness {

namespace json = boost::json;

inline const json::value* member(const json::object& from, std::string_view name) {
  return from.if_contains(name);
}
template <class Value>
  requires std::same_as<Value, json::value>
const json::value* member(const Value& from, std::string_view name) {
  return from.is_object() ? from.get_object().if_contains(name) : nullptr;
}

inline std::string_view text_of(const json::value* value) {
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
}
template <class From>
std::string_view text_at(const From& from, std::string_view name) {
  return text_of(member(from, name));
}

template <class From>
std::optional<std::int64_t> integer_at(const From& from, std::string_view name) {
  const auto* value = member(from, name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  boost::system::error_code failed;
  const auto number = value->template to_number<std::int64_t>(failed);
  if (failed) return std::nullopt;
  return number;
}
template <class From>
std::optional<double> number_at(const From& from, std::string_view name) {
  const auto* value = member(from, name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const auto number = value->template to_number<double>();
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}
template <class From>
bool is_true_at(const From& from, std::string_view name) {
  const auto* value = member(from, name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

template <class From>
const json::array& array_at(const From& from, std::string_view name) {
  static const json::array kNothing;
  const auto* value = member(from, name);
  return value != nullptr && value->is_array() ? value->get_array() : kNothing;
}
template <class From>
const json::object& object_at(const From& from, std::string_view name) {
  static const json::object kNothing;
  const auto* value = member(from, name);
  return value != nullptr && value->is_object() ? value->get_object() : kNothing;
}

}  // namespace hive::harness
