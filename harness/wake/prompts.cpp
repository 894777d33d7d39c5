#include "wake/prompts.hpp"

namespace hive::harness {
namespace {

std::string known_names(const Placeholders& values) {
  std::string names;
  for (const auto& [name, value] : values) names += (names.empty() ? "" : ", ") + name;
  return names;
}

}  // namespace

Result<std::string> substitute(std::string_view text, const Placeholders& values, std::string_view file) {
  std::string out;
  for (;;) {
    const auto begin = text.find("{{");
    if (begin == std::string_view::npos) return out + std::string(text);
    const auto end = text.find("}}", begin);
    if (end == std::string_view::npos)
      return error(Code::invalid_params, std::string(file) + ": a placeholder is not closed; end it with }}");
    const auto name = text.substr(begin + 2, end - begin - 2);
    const auto value = values.find(name);
    if (value == values.end())
      return error(Code::invalid_params, std::string(file) + ": unknown placeholder {{" + std::string(name) +
                                             "}}; known are " + known_names(values));
    out += text.substr(0, begin);
    out += value->second;
    text.remove_prefix(end + 2);
  }
}

}  // namespace hive::harness
