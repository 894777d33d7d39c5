#include "base/foreign_json.hpp"

#include <hive/json_text/json_text.hpp>
#include <hive/utf8/utf8.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <string>

namespace hive::harness {
namespace {

namespace json = boost::json;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kReplacementEscape = "\\ufffd";
constexpr std::size_t kEscape = 6;  // bytes of \uXXXX

std::optional<json::value> parse(std::string_view text) {
  json::parse_options options;
  options.max_depth = kDeepestForeign;
  boost::system::error_code failed;
  auto value = json::parse(text, failed, {}, options);
  if (failed) return std::nullopt;
  return value;
}

/// The code unit of the escape \uXXXX that `text` begins with.
std::optional<unsigned> unit_of(std::string_view text) {
  if (text.size() < kEscape || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  unsigned unit = 0;
  const auto [end, failed] = std::from_chars(text.data() + 2, text.data() + kEscape, unit, 16);
  if (failed != std::errc{} || end != text.data() + kEscape) return std::nullopt;
  return unit;
}

bool is_high(unsigned unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low(unsigned unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

/// Writes a JSON text again so that a strict parser takes it.
class Mender {
 public:
  Mender(std::string_view text, TooDeep too_deep) : rest_(text), too_deep_(too_deep) { out_.reserve(text.size()); }

  std::string mend() {
    while (!rest_.empty()) {
      if (in_string_)
        take_in_string();
      else
        take_outside();
    }
    return std::move(out_);
  }

 private:
  void copy(std::size_t bytes) {
    out_ += rest_.substr(0, bytes);
    rest_.remove_prefix(std::min(bytes, rest_.size()));
  }
  void replace(std::size_t bytes, std::string_view by) {
    out_ += by;
    rest_.remove_prefix(bytes);
  }

  void take_outside() {
    const char c = rest_[0];
    in_string_ = c == '"';
    if ((c == '{' || c == '[') && depth_++ == kDeepestForeign && too_deep_ == TooDeep::leave_out) return leave_out();
    if ((c == '}' || c == ']') && depth_ > 0) --depth_;
    copy(1);
  }
  void leave_out() {
    --depth_;
    replace(std::min(json_text::end_of_value(rest_, 0), rest_.size()), "null");
  }

  void take_in_string() {
    if (rest_[0] == '\\') return take_escape();
    if (static_cast<unsigned char>(rest_[0]) < 0x20) return take_control();
    in_string_ = rest_[0] != '"';
    const auto bytes = utf8::first_of(rest_).bytes;
    if (bytes == 0) return replace(1, kReplacement);
    copy(bytes);
  }
  void take_control() {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(rest_[0]);
    const std::string escape{'\\', 'u', '0', '0', kDigits[byte >> 4], kDigits[byte & 0xF]};
    replace(1, escape);
  }
  void take_escape() {
    const auto unit = unit_of(rest_);
    if (!unit) return copy(2);
    if (is_low(*unit)) return replace(kEscape, kReplacementEscape);
    if (!is_high(*unit)) return copy(kEscape);
    const auto next = unit_of(rest_.substr(kEscape));
    if (next && is_low(*next)) return copy(2 * kEscape);
    replace(kEscape, kReplacementEscape);
  }

  std::string_view rest_;
  const TooDeep too_deep_;
  std::string out_;
  std::size_t depth_ = 0;
  bool in_string_ = false;
};

}  // namespace

std::optional<json::value> read_foreign(std::string_view text, TooDeep too_deep) {
  if (auto value = parse(text)) return value;
  return parse(Mender(text, too_deep).mend());
}

}  // namespace hive::harness
