#pragma once
#include <hive/sdk/codec.hpp>
#include <hive/sqlite/row.hpp>

namespace hive::sqlite {

/// A value as JSON text, by its codec; members that it does not know are ignored.
template <class T>
struct JsonCell {
  /// Sets the parameter `at` to a copy of the text.
  static void write(const T& value, const Parameters& to, int at) { to.set_copy(at, encode_text(value)); }
  /// False: the cell holds no such text, and `wanted` says what it should hold.
  static bool read(const Rows& rows, int at, T& out, std::string& wanted) {
    std::string_view text;
    if (!read_cell(rows, at, text, wanted)) return false;
    auto value = decode_text<T>(text, Unknown::ignore);
    if (!value) return wanted = "JSON of this program: " + value.error().message, false;
    out = std::move(*value);
    return true;
  }
};

/// A member that is stored as JSON text.
template <auto... Path>
consteval Column as_json(std::string_view name) {
  return detail::column_by<detail::Access<JsonCell, Path...>>(name);
}

}  // namespace hive::sqlite
