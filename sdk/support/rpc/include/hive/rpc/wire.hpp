#pragma once
#include <hive/sdk/result.hpp>

#include <optional>
#include <string>
#include <string_view>

/// JSON-RPC 2.0 lines as text, as whoever serves a socket reads and writes them. All [any-thread].
namespace hive::rpc {

struct Request {
  std::string_view id;  // as written; empty for a notification
  std::string method;
  std::string_view params = "{}";
};

/// Nothing when `line`, a valid JSON value, is no request: an unknown or repeated member, a wrong
/// version, an id that is no string or number.
std::optional<Request> request_of(std::string_view line);

/// The two errors that JSON-RPC itself numbers and that no code of ours stands for.
inline constexpr int kParseError = -32700, kInvalidRequest = -32600;

// Each is one line, with its newline. `id`: as written in the request, or `null`. `result` and `payload`: JSON text.
std::string result_line(std::string_view id, std::string_view result);
std::string error_line(std::string_view id, Code code, std::string_view message);
std::string error_line(std::string_view id, Code code, int number, std::string_view message);
/// `stamp` and `topic` need no escapes. What stands behind the payload has kAfterPayload bytes.
std::string event_line(std::string_view stamp, std::string_view topic, std::string_view payload);
inline constexpr std::size_t kAfterPayload = 3;
/// The last line of a subscription that was given up.
std::string events_lost_line(Code why, std::string_view message);

}  // namespace hive::rpc
