#include "mcp/protocol.hpp"

#include "base/foreign_json.hpp"
#include "json_read.hpp"

#include <algorithm>
#include <array>

namespace hive::harness {
namespace {

constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kInternalError = -32603;
constexpr int kUnsupportedVersion = -32022;

constexpr std::string_view kModern = "2026-07-28";
constexpr std::array<std::string_view, 4> kLegacy = {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};
constexpr std::string_view kVersionKey = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view kCapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
constexpr std::string_view kServerInfoKey = "io.modelcontextprotocol/serverInfo";
constexpr std::string_view kUseKey = "claudecode/toolUseId";
constexpr std::string_view kInstructions =
    "The tools of your hive: messages to agents, the manager and the operator, and what else its plugins offer.";
/// Tools change only when the host is upgraded, and a client lives for a turn.
constexpr int kToolsFreshMs = 60'000;

bool is_id(const json::value& id) {
  return id.is_string() || id.is_int64() || id.is_uint64();
}

/// The id of `line`, which is `message`, as it was written; empty when it has none that could be answered.
std::string id_of(std::string_view line, const json::object& message) {
  auto id = rpc::id_of(line);
  if (!id.empty()) return id;
  // The member's name may be written with escapes.
  const auto* value = message.if_contains("id");
  return value != nullptr && is_id(*value) ? json::serialize(*value) : std::string();
}

/// Lists and discovery of the modern era say how long they may be kept, and by whom.
void mark_cacheable(json::object& result) {
  result["ttlMs"] = kToolsFreshMs;
  result["cacheScope"] = "private";
}

}  // namespace

Protocol::Protocol(ToolSource& tools, std::string version, std::function<void(std::string)> write)
    : tools_(tools), version_(std::move(version)), write_(std::move(write)) {}

void Protocol::take(std::string_view line) {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
  const auto value = read_foreign(line, TooDeep::refuse);
  if (!value)
    return refuse(rpc::id_of(line), kParseError,
                  "the line is not a JSON value, or nested over " + std::to_string(kDeepestForeign) +
                      " deep; send one JSON-RPC message a line");
  if (value->is_array()) return take_batch(value->get_array());
  if (!value->is_object()) return refuse({}, kInvalidRequest, "a message is one JSON object");
  const auto& message = value->get_object();
  auto id = id_of(line, message);
  const auto method = text_at(*value, "method");
  const bool is_answer = method.empty() && (message.contains("result") || message.contains("error"));
  if (is_answer) return;  // nothing was asked
  if (method.empty()) return refuse(id, kInvalidRequest, "the message has no method");
  if (!message.contains("id"))
    return take_notification(method, message.contains("params") ? message.at("params") : json::value{});
  if (id.empty() || !is_id(message.at("id"))) return refuse(id, kInvalidRequest, "an id is a string or an integer");
  take_request(message, std::move(id));
}

void Protocol::take_too_long() {
  const auto id = std::exchange(skipped_, {}).found();
  refuse(id, kInvalidRequest, "the line is over 4 MiB; send less at a time");
}

void Protocol::take_batch(const json::array& batch) {
  bool answered = false;
  for (const auto& message : batch) {
    const auto* id = member(message, "id");
    if (id == nullptr || !is_id(*id)) continue;
    refuse(json::serialize(*id), kInvalidRequest, "batches are not taken; send one message a line");
    answered = true;
  }
  if (!answered) refuse({}, kInvalidRequest, "batches are not taken; send one message a line");
}

void Protocol::take_notification(std::string_view method, const json::value& params) {
  if (method != "notifications/cancelled") return;
  const auto* id = member(params, "requestId");
  if (id == nullptr) return;
  const auto running = running_.extract(json::serialize(*id));
  if (!running.empty()) tools_.drop(running.mapped());
}

void Protocol::take_request(const json::object& message, std::string id) {
  Request request{.id = std::move(id),
                  .key = json::serialize(message.at("id")),
                  .method = std::string(message.at("method").get_string())};
  if (message.if_contains("jsonrpc") == nullptr || text_of(message.if_contains("jsonrpc")) != "2.0")
    return refuse(request.id, kInvalidRequest, "jsonrpc must be \"2.0\"");
  if (const auto* params = message.if_contains("params")) {
    if (!params->is_object()) return refuse(request.id, kInvalidParams, "params must be an object");
    request.params = params->get_object();
  }
  const auto& meta = object_at(request.params, "_meta");
  request.is_modern =
      request.method == "server/discover" || meta.contains(kVersionKey) || meta.contains(kCapabilitiesKey);
  if (running_.contains(request.key))
    return refuse(request.id, kInvalidRequest, "a request with this id is still running");
  return request.is_modern ? dispatch_modern(request) : dispatch(request);
}

void Protocol::dispatch(const Request& request) {
  if (request.method == "initialize") return initialize(request);
  if (request.method == "ping") return answer(request, {});
  if (request.method == "tools/list") return list_tools(request);
  if (request.method == "tools/call") return call_tool(request);
  refuse(request.id, kMethodNotFound, "unknown method " + request.method);
}

void Protocol::dispatch_modern(const Request& request) {
  const auto& meta = object_at(request.params, "_meta");
  const auto version = text_at(meta, kVersionKey);
  if (version.empty()) return refuse(request.id, kInvalidParams, "_meta has no " + std::string(kVersionKey));
  if (version != kModern)
    return refuse(request.id, kUnsupportedVersion, "unsupported protocol version",
                  {{"supported", json::array{json::string(kModern)}}, {"requested", json::string(version)}});
  const auto* capabilities = member(meta, kCapabilitiesKey);
  if (capabilities == nullptr || !capabilities->is_object())
    return refuse(request.id, kInvalidParams, "_meta has no " + std::string(kCapabilitiesKey));
  if (request.method == "server/discover") return discover(request);
  if (request.method == "tools/list") return list_tools(request);
  if (request.method == "tools/call") return call_tool(request);
  refuse(request.id, kMethodNotFound, "unknown method " + request.method);
}

void Protocol::initialize(const Request& request) {
  const auto asked = text_at(request.params, "protocolVersion");
  const bool known = std::ranges::find(kLegacy, asked) != kLegacy.end();
  answer(request, {{"protocolVersion", json::string(known ? asked : kLegacy.front())},
                   {"capabilities", {{"tools", json::object{}}}},
                   {"serverInfo", server_info()},
                   {"instructions", json::string(kInstructions)}});
}

void Protocol::discover(const Request& request) {
  json::object result{{"supportedVersions", json::array{json::string(kModern)}},
                      {"capabilities", {{"tools", json::object{}}}},
                      {"instructions", json::string(kInstructions)}};
  mark_cacheable(result);
  answer(request, std::move(result));
}

void Protocol::list_tools(const Request& request) {
  if (request.params.contains("cursor")) return refuse(request.id, kInvalidParams, "unknown cursor; there is one page");
  running_[request.key] = tools_.list([this, request](Result<json::array> tools) {
    running_.erase(request.key);
    if (!tools) return refuse(request.id, kInternalError, tools.error().message);
    json::object result{{"tools", std::move(*tools)}};
    if (request.is_modern) mark_cacheable(result);
    answer(request, std::move(result));
  });
}

void Protocol::call_tool(const Request& request) {
  ToolRequest call{.name = std::string(text_at(request.params, "name"))};
  if (call.name.empty()) return refuse(request.id, kInvalidParams, "params.name must name a tool");
  if (const auto* arguments = request.params.if_contains("arguments")) {
    if (!arguments->is_object()) return refuse(request.id, kInvalidParams, "params.arguments must be an object");
    call.arguments = arguments->get_object();
  }
  call.use_id = text_at(object_at(request.params, "_meta"), kUseKey);
  running_[request.key] = tools_.call(std::move(call), [this, request](Result<ToolAnswer> done) {
    running_.erase(request.key);
    if (!done) {
      const bool unknown = done.error().code == Code::method_not_found;
      return refuse(request.id, unknown ? kInvalidParams : kInternalError, done.error().message);
    }
    answer(request, {{"content", json::array{{{"type", "text"}, {"text", done->text}}}}, {"isError", done->is_error}});
  });
}

void Protocol::answer(const Request& request, json::object result) {
  if (request.is_modern) {
    result["resultType"] = "complete";
    result["_meta"] = {{kServerInfoKey, server_info()}};
  }
  write_(R"({"jsonrpc":"2.0","id":)" + request.id + R"(,"result":)" + json::serialize(result) + "}");
}

void Protocol::refuse(std::string_view id, int code, std::string_view message, json::object data) {
  json::object error{{"code", code}, {"message", message}};
  if (!data.empty()) error["data"] = std::move(data);
  std::string line = R"({"jsonrpc":"2.0",)";
  if (!id.empty()) line.append(R"("id":)").append(id).append(",");
  write_(line.append(R"("error":)").append(json::serialize(error)).append("}"));
}

json::object Protocol::server_info() const {
  return {{"name", "hyperhive"}, {"version", version_}};
}

}  // namespace hive::harness
