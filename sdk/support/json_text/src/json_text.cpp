#include <hive/json_text/json_text.hpp>

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <cstdint>

namespace hive::json_text {
namespace {

namespace json = boost::json;

/// Accepts everything: the parser itself is the check.
struct Ignore {
  static constexpr std::size_t max_object_size = -1, max_array_size = -1, max_key_size = -1, max_string_size = -1;
  using E = json::error_code;
  using S = json::string_view;
  bool on_document_begin(E&) { return true; }
  bool on_document_end(E&) { return true; }
  bool on_object_begin(E&) { return true; }
  bool on_object_end(std::size_t, E&) { return true; }
  bool on_array_begin(E&) { return true; }
  bool on_array_end(std::size_t, E&) { return true; }
  bool on_key_part(S, std::size_t, E&) { return true; }
  bool on_key(S, std::size_t, E&) { return true; }
  bool on_string_part(S, std::size_t, E&) { return true; }
  bool on_string(S, std::size_t, E&) { return true; }
  bool on_number_part(S, E&) { return true; }
  bool on_int64(std::int64_t, S, E&) { return true; }
  bool on_uint64(std::uint64_t, S, E&) { return true; }
  bool on_double(double, S, E&) { return true; }
  bool on_bool(bool, E&) { return true; }
  bool on_null(E&) { return true; }
  bool on_comment_part(S, E&) { return true; }
  bool on_comment(S, E&) { return true; }
};

std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      return at + 1;
  }
  return text.npos;
}

/// Of an object or an array.
std::size_t end_of_nested(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      if (at == text.npos) return at;
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return text.npos;
}

}  // namespace

bool is_value(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20; })) return false;
  json::basic_parser<Ignore> parser{json::parse_options{}};
  json::error_code failure;
  const auto used = parser.write_some(false, text.data(), text.size(), failure);
  return !failure && used == text.size();
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')) ++at;
  return at;
}

std::size_t end_of_value(std::string_view text, std::size_t at) {
  if (at >= text.size()) return text.npos;
  if (text[at] == '"') return end_of_string(text, at);
  if (text[at] == '{' || text[at] == '[') return end_of_nested(text, at);
  const auto end = text.find_first_of(",}] \t\r", at);
  return end == at ? text.npos : end;
}

std::string quote(std::string_view text) {
  auto quoted = json::serialize(json::string(text));
  if (is_value(quoted)) return quoted;
  std::string plain(text);
  std::replace_if(plain.begin(), plain.end(), [](unsigned char c) { return c >= 0x80; }, '?');
  return json::serialize(json::string(plain));
}

std::string_view unquoted(std::string_view text) {
  const bool is_string = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  if (!is_string || text.find('\\') != text.npos) return {};
  return text.substr(1, text.size() - 2);
}

}  // namespace hive::json_text
