#pragma once
#include <string>
#include <string_view>

/// JSON as text: checked and taken apart without building values, so that payloads pass as bytes. All [any-thread].
namespace hive::json_text {

/// Whether `text` is one valid UTF-8 JSON value, at most 32 deep, without a byte below 0x20.
bool is_value(std::string_view text);

/// Calls `member(name, value)` for each member of the object `text`; false when it is no object by its outer form.
/// Both are pieces of `text` as written, the name without its quotes and with escapes unread. Values are not checked.
template <class F>
bool for_members(std::string_view text, F member);

/// `text` as a JSON string. Bytes that are no UTF-8 become `?`.
std::string quote(std::string_view text);
/// The content of a JSON string without escapes in it, as a piece of `text`; empty for anything else.
std::string_view unquoted(std::string_view text);

/// Where the JSON value that begins at `at` ends, by its outer form; npos when it does not.
std::size_t end_of_value(std::string_view text, std::size_t at);
/// Where the next byte at or behind `at` is that is no blank, tab or carriage return; the size of `text`: there is
/// none.
std::size_t skip_space(std::string_view text, std::size_t at);

template <class F>
bool for_members(std::string_view text, F member) {
  auto at = skip_space(text, 0);
  if (at >= text.size() || text[at] != '{') return false;
  at = skip_space(text, at + 1);
  while (at < text.size() && text[at] == '"') {
    const auto name_end = end_of_value(text, at);
    if (name_end == text.npos) return false;
    const auto colon = skip_space(text, name_end);
    if (colon >= text.size() || text[colon] != ':') return false;
    const auto begin = skip_space(text, colon + 1);
    const auto end = end_of_value(text, begin);
    if (end == text.npos) return false;
    member(text.substr(at + 1, name_end - at - 2), text.substr(begin, end - begin));
    at = skip_space(text, end);
    if (at < text.size() && text[at] == ',') at = skip_space(text, at + 1);
  }
  return at < text.size() && text[at] == '}' && skip_space(text, at + 1) == text.size();
}

}  // namespace hive::json_text
