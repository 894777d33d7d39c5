#include <hive/sdk/codec.hpp>
#include <hive/sdk/manifest_words.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace hive {
namespace {

constexpr std::size_t kLongestValue = 64;
constexpr std::string_view kOfAgent = "agent.";

bool is_small(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_small_or_digit(char c) {
  return is_small(c) || (c >= '0' && c <= '9') || c == '_';
}

/// What stands before `sign`, which `text` loses with it. Nothing when there is no such sign.
std::optional<std::string_view> take_until(std::string_view& text, char sign) {
  const auto at = text.find(sign);
  if (at == text.npos) return {};
  const auto taken = text.substr(0, at);
  text.remove_prefix(at + 1);
  return taken;
}

std::optional<json::value> value_in(std::string_view text) {
  const auto fits = [](char c) { return is_small_or_digit(c) || c == '.' || c == '*'; };
  if (text.empty() || text.size() > kLongestValue || !std::all_of(text.begin(), text.end(), fits)) return {};
  std::int64_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong == std::errc() && end == text.data() + text.size()) return json::value(number);
  return json::value(text);
}

}  // namespace

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kLongestWord && is_small(text[0]) &&
         std::all_of(text.begin(), text.end(), &is_small_or_digit);
}

bool is_dotted(std::string_view text) {
  const auto role = take_until(text, '.');
  return role && is_word(*role) && is_word(text);
}

std::optional<json::object> params_in(std::string_view text) {
  json::object out;
  for (;;) {
    const auto amp = text.find('&');
    auto pair = text.substr(0, amp);
    const auto name = take_until(pair, '=');
    const auto value = value_in(pair);
    if (!name || !is_word(*name) || !value) return {};
    out[*name] = *value;
    if (amp == text.npos) return out;
    text.remove_prefix(amp + 1);
  }
}

std::optional<SnapshotSource> parse_snapshot(std::string_view word) {
  const auto of = word.starts_with(kOfAgent) ? SnapshotSource::Of::agent : SnapshotSource::Of::all;
  if (of == SnapshotSource::Of::agent) word.remove_prefix(kOfAgent.size());
  const auto key = take_until(word, '=');
  auto asked = take_until(word, '/');
  if (!key || !asked) return {};
  const auto method = take_until(*asked, '?');
  const auto params = method ? params_in(*asked) : json::object();
  const auto name = method.value_or(*asked);
  const auto list = of == SnapshotSource::Of::agent ? take_until(word, '/') : std::nullopt;
  const auto member = list.value_or(word), part = list ? word : std::string_view();
  if (!is_word(*key) || !is_dotted(name) || !params || !is_word(member) || (list && !is_word(part))) return {};
  return SnapshotSource{.of = of,
                        .key = std::string(*key),
                        .method = std::string(name),
                        .params = write_json(*params),
                        .member = std::string(member),
                        .part = std::string(part)};
}

bool is_reserved(const SnapshotSource& source) {
  const auto stands_in = [&](const auto& keys) {
    return std::find(keys.begin(), keys.end(), source.key) != keys.end();
  };
  return source.of == SnapshotSource::Of::all ? stands_in(kReservedSnapshotKeys) : stands_in(kReservedAgentKeys);
}

}  // namespace hive
