#include "stream/line.hpp"

#include <hive/json_text/json_text.hpp>
#include <hive/sdk/codec.hpp>

#include "base/foreign_json.hpp"
#include "json_read.hpp"

namespace hive::harness {
namespace {

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
  auto value = read_foreign(text, TooDeep::leave_out);
  StreamLine line;
  if (!value || !value->is_object()) {
    line.kind = LineKind::not_json;
    line.value = json::string(text);
    return line;
  }
  line.type = text_at(*value, "type");
  line.subtype = text_at(*value, "subtype");
  line.kind = kind_of(line.type, line.subtype);
  line.value = std::move(*value);
  return line;
}

std::string json_of(const StreamLine& line, std::string_view text) {
  if (line.kind == LineKind::not_json) return json_text::quote(text);
  return json_text::is_value(text) ? std::string(text) : write_json(line.value);
}

}  // namespace hive::harness
