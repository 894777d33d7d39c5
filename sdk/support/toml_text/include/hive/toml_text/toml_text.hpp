#pragma once
#include <hive/sdk/codec.hpp>

#include <filesystem>
#include <map>
#include <string>

/// TOML files as JSON values that remember their lines. The only file that includes toml++ is the
/// source of this.
namespace hive::toml_text {

/// One file that was read. A value: nothing of it is borrowed.
struct Toml {
  std::string file;  // for messages
  json::object values;
  std::map<std::string, std::uint32_t> lines;  // of `a.b` and `a.b[0]`; what is not in it has no line

  /// "file:12" for the path, or for the nearest one around it that has a line.
  std::string place_of(std::string path) const;
};

/// TOML's dates and times have no JSON form: text, or a value that no described field takes.
enum class Moments { as_text, as_misfit };

/// Reads and parses `file`. Errors: not_found, forbidden, unavailable, too_large (over 1 MiB), invalid_params (file,
/// line and what was wrong). [blocking]
Result<Toml> read(const std::filesystem::path& file);
/// Parses `text`; `file` is its name in messages. Errors: invalid_params (file, line and what was wrong; also: a key of
/// more than 32 parts, more than 64 levels). [any-thread]
Result<Toml> parse(std::string_view text, const std::string& file, Moments moments = Moments::as_text);

/// One TOML value as `--set` takes it; what is none is a string: `60`, `["a"]`, `alice`. [any-thread]
json::value value_of(std::string_view text);

}  // namespace hive::toml_text
