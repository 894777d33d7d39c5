#include <hive/json_text/json_text.hpp>
#include <hive/rpc/line_id.hpp>

#include <utility>

namespace hive::rpc {
namespace {

/// Whether it can stand in an answer.
bool is_id(std::string_view text) {
  if (text.empty() || text.size() > LineId::kLongest || !json_text::is_value(text)) return false;
  return text[0] == '"' || text[0] == '-' || (text[0] >= '0' && text[0] <= '9');
}

}  // namespace

void LineId::take(std::string_view bytes) {
  for (const char c : bytes) take(c);
}

void LineId::take(char c) {
  if (in_string_) return take_in_string(c);
  if (c == '{' || c == '[') {
    ++depth_;
    is_id_ = false;
  } else if (c == '}' || c == ']') {
    end_value();
    if (depth_ > 0) --depth_;
  } else if (c == '"') {
    in_string_ = true;
    text_ = '"';
  } else if (depth_ == 1) {
    take_member(c);
  }
}

void LineId::take_in_string(char c) {
  if (depth_ == 1) append(c);
  if (std::exchange(escaped_, false)) return;
  escaped_ = c == '\\';
  in_string_ = c != '"';
  if (!in_string_ && is_id_) end_value();
}

/// Outside of strings, in the message's own object.
void LineId::take_member(char c) {
  if (c == ':') {
    is_id_ = text_ == R"("id")";
    text_.clear();
  } else if (c == ',' || c == ' ' || c == '\t' || c == '\r') {
    if (!text_.empty() || c == ',') end_value();
  } else if (is_id_) {
    append(c);
  }
}

/// A name before its colon ends here too, and is kept for the colon.
void LineId::end_value() {
  if (depth_ != 1 || !is_id_) return;
  is_id_ = false;
  if (is_id(text_)) id_ = text_;
}

void LineId::append(char c) {
  if (text_.size() <= kLongest) text_ += c;
}

std::string id_of(std::string_view line) {
  LineId id;
  id.take(line);
  return id.found();
}

}  // namespace hive::rpc
