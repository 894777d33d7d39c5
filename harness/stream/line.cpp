#include "stream/line.hpp"

#include <hive/json_text/json_text.hpp>

#include "json_read.hpp"

namespace hive::harness {
namespace {

constexpr std::size_t kDeepestLine = 64;

LineKind kind_of(std::string_view type, std::string_view subtype) {
  if (type == "assistant") return LineKind::assistant;
  if (type == "user") return LineKind::user;
  if (type == "result") return LineKind::result;
  if (type == "rate_limit_event") return LineKind::rate_limit;
  if (type == "system" && subtype == "init") return LineKind::init;
  if (type == "system" && subtype == "compact_boundary") return LineKind::compact_boundary;
  return LineKind::other;
}

}  // namespace

StreamLine parse_stream_line(std::string_view text) {
  json::parse_options options;
  options.max_depth = kDeepestLine;
  boost::system::error_code failed;
  auto value = json::parse(text, failed, {}, options);
  StreamLine line;
  if (failed || !value.is_object()) {
    line.kind = LineKind::not_json;
    line.value = json::string(text);
    return line;
  }
  line.type = text_at(value, "type");
  line.subtype = text_at(value, "subtype");
  line.kind = kind_of(line.type, line.subtype);
  line.value = std::move(value);
  return line;
}

std::string json_of(const StreamLine& line, std::string_view text) {
  return line.kind == LineKind::not_json ? json_text::quote(text) : std::string(text);
}

}  // namespace hive::harness
