#pragma once
#include <hive/sdk/result.hpp>

#include <optional>
#include <string>
#include <string_view>

/// JSON-RPC 2.0 lines as text, as whoever serves a socket reads and writes them. All [any-thread].
namespace hive::rpc {

/// One line that asks for something; `id` and `params` are pieces of that line.
struct Request {
  std::string_view id;  // as written; empty for a notification
  std::string method;
  std::string_view params = "{}";
};

/// Reads a request of `line`, a valid JSON value. Nothing when it is none: an unknown or repeated member, a wrong
/// version, an id that is no string or number or is over 128 bytes, params that are neither an object nor an array.
std::optional<Request> request_of(std::string_view line);

/// The two errors that JSON-RPC itself numbers and that no code of ours stands for.
inline constexpr int kParseError = -32700, kInvalidRequest = -32600;

// Each is one line, with its newline. `id`: as written in the request, or `null`. `result` and `payload`: JSON text,
// which is not checked.

/// The answer to a request that was carried out.
std::string result_line(std::string_view id, std::string_view result);
/// The answer to a request that was not, with JSON-RPC's number for `code` and its name in `data.code`.
std::string error_line(std::string_view id, Code code, std::string_view message);
/// The same with a `number` of JSON-RPC's own, see above.
std::string error_line(std::string_view id, Code code, int number, std::string_view message);
/// One event of a subscription. `stamp` and `topic` need no escapes. What stands behind the payload has kAfterPayload
/// bytes.
std::string event_line(std::string_view stamp, std::string_view topic, std::string_view payload);
inline constexpr std::size_t kAfterPayload = 3;
/// The last line of a subscription that was given up.
std::string events_lost_line(Code why, std::string_view message);

}  // namespace hive::rpc
