#include "event/payload.hpp"

#include <hive/json_text/json_text.hpp>
#include <hive/sdk/codec.hpp>
#include <hive/utf8/utf8.hpp>

#include "json_read.hpp"

#include <algorithm>

namespace hive::harness {
namespace {

constexpr std::size_t kMostBytes = 512 << 10;
constexpr std::size_t kDeepest = 24;
constexpr std::size_t kHeadBytes = 64 << 10;
constexpr std::size_t kLongestCut = 128 << 10, kShortestCut = 64;

/// Of a valid JSON value.
std::size_t depth_of(std::string_view json) {
  std::size_t depth = 0, deepest = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text && c == '\\')
      ++i;
    else if (c == '"')
      in_text = !in_text;
    else if (!in_text && (c == '{' || c == '['))
      deepest = std::max(deepest, ++depth);
    else if (!in_text && (c == '}' || c == ']'))
      --depth;
  }
  return deepest;
}

std::string clipped(std::string_view json) {
  const auto head = utf8::beginning_of(json, kHeadBytes);
  return R"({"type":"clipped","bytes":)" + std::to_string(json.size()) + R"(,"head":)" + json_text::quote(head) + "}";
}

/// Texts of `value`, with how long each was.
struct Text {
  json::string* text;
  std::size_t bytes;
};
void gather_texts(json::value& value, std::vector<Text>& texts) {
  if (value.is_string()) texts.push_back({&value.get_string(), value.get_string().size()});
  if (value.is_array())
    for (auto& item : value.get_array()) gather_texts(item, texts);
  if (value.is_object())
    for (auto& item : value.get_object()) gather_texts(item.value(), texts);
}

void cut(const Text& text, std::size_t most) {
  if (text.bytes <= most + kShortestCut) return;  // what is said in place of the rest is as long
  const auto kept = utf8::beginning_of(*text.text, most).size();
  const auto left_out = " [" + std::to_string(text.bytes - kept) + " bytes were left out]";
  text.text->resize(kept);
  text.text->append(left_out);
}

}  // namespace

std::string page_payload(std::string_view json) {
  if (json.size() <= kMostBytes && json_text::is_value(json) && depth_of(json) <= kDeepest) return std::string(json);
  json::parse_options options;
  options.max_depth = kDeepest;
  boost::system::error_code failed;
  auto value = json::parse(json, failed, {}, options);
  if (failed) return clipped(json);
  std::vector<Text> texts;
  gather_texts(value, texts);
  auto fitting = write_json(value);
  for (auto most = kLongestCut; fitting.size() > kMostBytes && most >= kShortestCut; most /= 2) {
    for (const auto& text : texts) cut(text, most);
    fitting = write_json(value);
  }
  return fitting.size() > kMostBytes ? clipped(json) : fitting;
}

}  // namespace hive::harness
