#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The small grammar that everything here shares. All [any-thread].
namespace hive::http {

/// RFC 9110 token: a header's or cookie's name, a method.
bool is_token(std::string_view text);
/// No control character but a tab.
bool is_field_value(std::string_view text);
std::string lower(std::string_view text);
/// Without spaces and tabs at both ends.
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
/// Whether a comma-separated list names `token` (lower case).
bool has_token(std::string_view list, std::string_view token);

enum class Plus { itself, space };
/// Decodes %XX once; nothing when a per cent sign is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text, Plus plus);

}  // namespace hive::http
