#include "mcp/answer.hpp"

#include <hive/sdk/contracts/unreadable.hpp>
#include <hive/utf8/utf8.hpp>

#include "json_read.hpp"

#include <algorithm>

namespace hive::harness {
namespace {

/// For what is said in place of the rest.
constexpr std::size_t kRoom = 400;
/// Of one member in a line.
constexpr std::size_t kMostOfLine = 200;
/// Parameters with which a tool is asked for less, or for what follows.
constexpr std::string_view kPaging[] = {"limit", "max", "lines", "skip", "before", "after", "offset", "cursor"};

const json::value* at_path(const json::value& value, std::string_view path) {
  const auto dot = path.find('.');
  const auto* inner = member(value, path.substr(0, dot));
  return inner == nullptr || dot == path.npos ? inner : at_path(*inner, path.substr(dot + 1));
}

std::string text_for_people(const json::value* value) {
  if (value == nullptr || value->is_null()) return {};
  return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

/// Others wrote it: it begins no line of its own.
std::string in_a_line(const json::value* value) {
  auto text = text_for_people(value);
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  const auto kept = utf8::beginning_of(text, kMostOfLine);
  return std::string(kept) + (kept.size() < text.size() ? "…" : "");
}

std::string sentence(std::string_view pattern, const json::value& result) {
  std::string text;
  for (auto begin = pattern.find('{'); begin != pattern.npos; begin = pattern.find('{')) {
    const auto end = pattern.find('}', begin);
    if (end == pattern.npos) break;
    text += pattern.substr(0, begin);
    text += text_for_people(member(result, pattern.substr(begin + 1, end - begin - 1)));
    pattern.remove_prefix(end + 1);
  }
  return text.append(pattern);
}

bool is_there(const json::value* value) {
  return value != nullptr && !value->is_null() && *value != json::value(false) && *value != json::value("");
}

/// `pattern` has no `[…]`. Sets `complete` to false where a member is not there.
std::string filled(std::string_view pattern, const json::value& element, bool& complete) {
  std::string text;
  for (auto begin = pattern.find('{'); begin != pattern.npos; begin = pattern.find('{')) {
    const auto end = std::min(pattern.find('}', begin), pattern.size() - 1);
    auto name = pattern.substr(begin + 1, end - begin - 1);
    const bool only_asks = name.ends_with('?');
    if (only_asks) name.remove_suffix(1);
    const auto* value = at_path(element, name);
    complete = complete && is_there(value);
    text += pattern.substr(0, begin);
    if (!only_asks) text += in_a_line(value);
    pattern.remove_prefix(end + 1);
  }
  return text.append(pattern);
}

std::string line_of(std::string_view pattern, const json::value& element) {
  std::string line;
  while (!pattern.empty()) {
    const bool is_optional = pattern.front() == '[';
    const auto end = std::min(pattern.find(is_optional ? ']' : '['), pattern.size());
    bool complete = true;
    const auto part = filled(pattern.substr(is_optional ? 1 : 0, end - (is_optional ? 1 : 0)), element, complete);
    if (!is_optional || complete) line += part;
    pattern.remove_prefix(std::min(end + (is_optional ? 1 : 0), pattern.size()));
  }
  return line;
}

const json::array* list_in(const json::value& result) {
  if (!result.is_object()) return nullptr;
  for (const auto& [name, value] : result.get_object())
    if (value.is_array()) return &value.get_array();
  return nullptr;
}

/// `remark` stands below the lines, whatever they take.
std::string in_lines(const HostTool& tool, const json::array& list, const Lines& lines, const std::string& remark) {
  const auto skipped = std::min(std::size_t(lines.skip.value_or(0)), list.size());
  std::string text;
  for (auto at = skipped; at < list.size(); ++at) {
    const auto line = line_of(tool.lines, list[at]) + "\n";
    if (text.size() + line.size() + remark.size() > kMostAnswer - kRoom)
      return text.append("These are ")
          .append(std::to_string(at - skipped))
          .append(" of ")
          .append(std::to_string(list.size()))
          .append("; call it again with skip ")
          .append(std::to_string(at))
          .append(" for the rest.")
          .append(remark);
    text += line;
  }
  if (text.empty()) return (list.empty() ? "There are none." : "There are no more than these.") + remark;
  text.pop_back();
  return text + remark;
}

std::string how_to_get_the_rest(const HostTool& tool) {
  std::string names;
  for (const auto name : kPaging)
    if (object_at(tool.schema, "properties").contains(name)) names += (names.empty() ? "" : ", ") + std::string(name);
  if (names.empty()) return "nothing brings the rest; ask the operator for it if you need it";
  return "call it again for less at a time, or for what follows (" + names + ")";
}

}  // namespace

std::string bounded(const HostTool& tool, std::string text) {
  if (text.size() <= kMostAnswer) return text;
  const auto kept = utf8::beginning_of(text, kMostAnswer - kRoom).size();
  const auto left_out = text.size() - kept;
  text.resize(kept);
  return text + "\n[" + std::to_string(left_out) + " bytes of this answer of " + tool.name +
         " are left out: " + how_to_get_the_rest(tool) + "]";
}

std::string answer_text(const HostTool& tool, std::string_view result, const Lines& lines) {
  boost::system::error_code failed;
  const auto value = json::parse(result, failed);
  if (failed) return bounded(tool, std::string(result));
  if (!tool.lines.empty())
    if (const auto* list = list_in(value)) {
      const auto lacking = left_out_words(left_out_of(value));
      return bounded(tool, in_lines(tool, *list, lines, lacking.empty() ? "" : "\n[" + lacking + "]"));
    }
  if (!tool.answer.empty()) return bounded(tool, sentence(tool.answer, value));
  const bool says_nothing = value.is_object() && value.get_object().empty();
  return says_nothing ? "Done." : bounded(tool, std::string(result));
}

}  // namespace hive::harness
