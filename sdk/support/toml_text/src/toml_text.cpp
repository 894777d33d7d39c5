#include <hive/os/files.hpp>
#include <hive/toml_text/toml_text.hpp>

#include <algorithm>
#include <sstream>

#include <toml++/toml.h>

namespace hive::toml_text {
namespace {

std::string written(const auto& moment) {
  std::ostringstream text;
  text << moment;
  return text.str();
}

/// Reading, converting and freeing recurse, a level for each part of a key and each value in a value.
constexpr std::size_t kMostKeyParts = 32, kMostLevels = 64;

/// The end of the string that begins at `at`: behind its last quote, or the end of the text.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string three(3, quote);
  const bool many_lines = text.substr(at, 3) == three;
  for (std::size_t i = at + (many_lines ? 3 : 1); i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\')
      ++i;
    else if (many_lines && text.substr(i, 3) == three)
      return i + 3;
    else if (!many_lines && (text[i] == quote || text[i] == '\n'))
      return i + 1;
  }
  return text.size();
}

/// The line on which a key has too many parts; 0: none has. Looked at before toml++ is given the text.
std::size_t line_of_long_key(std::string_view text) {
  std::size_t line = 1, parts = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      const auto end = end_of_string(text, i);
      line += std::size_t(std::count(text.begin() + long(i), text.begin() + long(end), '\n'));
      i = end - 1;
    } else if (c == '#') {
      i = std::min(text.find('\n', i), text.size()) - 1;
    } else if (c == '.') {
      if (++parts > kMostKeyParts) return line;
    } else if (std::string_view("=,{}[]\n").find(c) != std::string_view::npos) {
      parts = 1;
      line += c == '\n';
    }
  }
  return 0;
}

/// Makes JSON of nodes and notes their lines.
class Conversion {
 public:
  Conversion(Toml& out, Moments moments) : out_(out), moments_(moments) {}

  /// Whether something was nested too deeply, and left out.
  bool is_cut() const { return cut_; }
  json::object object_of(const ::toml::table& table, const std::string& path) {
    json::object object;
    const Level level(*this);
    if (cut_) return object;
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      auto below = path;
      if (!below.empty()) below += '.';
      below += name;
      if (key.source().begin) out_.lines[below] = key.source().begin.line;
      object[name] = value_of(node, below);
    }
    return object;
  }

 private:
  struct Level {
    explicit Level(Conversion& of) : conversion(of) {
      if (++conversion.levels_ > kMostLevels) conversion.cut_ = true;
    }
    ~Level() { --conversion.levels_; }
    Conversion& conversion;
  };

  json::array array_of(const ::toml::array& array, const std::string& path) {
    json::array list;
    const Level level(*this);
    if (cut_) return list;
    for (const auto& node : array) {
      const auto below = path + "[" + std::to_string(list.size()) + "]";
      out_.lines[below] = node.source().begin.line;
      list.push_back(value_of(node, below));
    }
    return list;
  }
  json::value value_of(const ::toml::node& node, const std::string& path) {
    if (const auto* table = node.as_table()) return object_of(*table, path);
    if (const auto* array = node.as_array()) return array_of(*array, path);
    if (const auto* text = node.as_string()) return json::string(text->get());
    if (const auto* number = node.as_integer()) return number->get();
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* truth = node.as_boolean()) return truth->get();
    if (moments_ == Moments::as_misfit) return json::array{json::array{}};
    if (const auto* moment = node.as_date_time()) return json::string(written(moment->get()));
    if (const auto* day = node.as_date()) return json::string(written(day->get()));
    return json::string(written(node.as_time()->get()));
  }

  Toml& out_;
  const Moments moments_;
  std::size_t levels_ = 0;
  bool cut_ = false;
};

}  // namespace

std::string Toml::place_of(std::string path) const {
  for (;;) {
    if (const auto found = lines.find(path); found != lines.end()) return file + ":" + std::to_string(found->second);
    const auto cut = path.find_last_of(".[");
    if (cut == path.npos) return file;
    path.resize(cut);
  }
}

Result<Toml> parse(std::string_view text, const std::string& file, Moments moments) {
  if (const auto line = line_of_long_key(text); line != 0)
    return error(Code::invalid_params, file + ":" + std::to_string(line) + ": a key has more than " +
                                           std::to_string(kMostKeyParts) + " parts");
  try {
    Toml out;
    out.file = file;
    Conversion conversion(out, moments);
    out.values = conversion.object_of(::toml::parse(text), "");
    if (!conversion.is_cut()) return out;
    return error(Code::invalid_params, file + ": is nested more than " + std::to_string(kMostLevels) + " levels deep");
  } catch (const ::toml::parse_error& bad) {
    return error(Code::invalid_params, file + ":" + std::to_string(bad.source().begin.line) +
                                           ": is not TOML: " + std::string(bad.description()));
  }
}

Result<Toml> read(const std::filesystem::path& file) {
  const auto text = os::read_file(file);
  if (!text) return text.error();
  return parse(*text, file.string());
}

json::value value_of(std::string_view text) {
  const auto parsed = parse("value = " + std::string(text) + "\n", "");
  if (!parsed || parsed->values.size() != 1) return json::string(text);
  return parsed->values.at("value");
}

}  // namespace hive::toml_text
