#pragma once
#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

/// JSON that another program wrote, read as far as it can be. All [any-thread].
namespace hive::harness {

/// How deep arrays and objects are read.
inline constexpr std::size_t kDeepestForeign = 64;

/// What becomes of arrays and objects that are nested deeper.
enum class TooDeep {
  leave_out,  // null stands in their place
  refuse,     // the text is not read
};

/// The value of `text`. Half a surrogate pair and bytes that are no UTF-8 are read as U+FFFD, raw control
/// characters in strings as themselves; so every text in the value is valid UTF-8. Nothing when `text` is no JSON
/// value even so.
std::optional<boost::json::value> read_foreign(std::string_view text, TooDeep too_deep);

}  // namespace hive::harness
