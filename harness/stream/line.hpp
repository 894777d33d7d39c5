#pragma once
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace hive::harness {

/// What one line of the CLI's stream-json is. `other`: valid JSON of a kind that needs no reading
/// here; it is kept and shown as it stands. `not_json`: a stray line of text.
enum class LineKind { init, assistant, user, result, rate_limit, compact_boundary, other, not_json };

/// One line that the CLI wrote.
struct StreamLine {
  LineKind kind = LineKind::other;
  std::string type, subtype;  // as they stand in the line
  boost::json::value value;   // the whole line; a string when it was not JSON
};

/// Never fails: the order of members is not relied on, what is unknown is `other`, and of what a strict parser refuses
/// as much is read as can be. [any-thread]
StreamLine parse_stream_line(std::string_view text);

/// `text`, of which `line` was made, as one JSON value: as it stands where it is one, a string when it was not JSON.
/// [any-thread]
std::string json_of(const StreamLine& line, std::string_view text);

}  // namespace hive::harness
