#include <hive/json_text/json_text.hpp>
#include <hive/rpc/wire.hpp>
#include <hive/sdk/errors.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace hive::rpc {
namespace {

constexpr std::size_t kMaxId = 128;  // bytes; kept for each call in flight

bool is_id(std::string_view text) {
  const bool fits = text[0] == '"' || text[0] == '-' || (text[0] >= '0' && text[0] <= '9');
  return fits && text.size() <= kMaxId;
}

std::string string_of(std::string_view quoted) {
  if (quoted.find('\\') == quoted.npos) return std::string(quoted.substr(1, quoted.size() - 2));
  return std::string(boost::json::parse(quoted).get_string());
}

}  // namespace

std::optional<Request> request_of(std::string_view line) {
  constexpr std::array<std::string_view, 4> kMembers{"jsonrpc", "id", "method", "params"};
  std::array<std::string_view, 4> given{};
  bool known = true;
  const bool whole = json_text::for_members(line, [&](std::string_view name, std::string_view value) {
    const auto at = std::size_t(std::find(kMembers.begin(), kMembers.end(), name) - kMembers.begin());
    known = known && at < kMembers.size() && given[at].empty();
    if (known) given[at] = value;
  });
  if (!whole || !known) return {};
  const auto [version, id, method, params] = given;
  if (version != R"("2.0")" || method.size() < 3 || method[0] != '"') return {};
  if (!id.empty() && !is_id(id)) return {};
  if (!params.empty() && params[0] != '{' && params[0] != '[') return {};
  return Request{id, string_of(method), params.empty() ? "{}" : params};
}

std::string result_line(std::string_view id, std::string_view result) {
  std::string out;
  out.reserve(result.size() + id.size() + 48);
  out.append(R"({"jsonrpc":"2.0","id":)").append(id).append(R"(,"result":)");
  return std::move(out.append(result).append("}\n"));
}

std::string error_line(std::string_view id, Code code, std::string_view message) {
  return error_line(id, code, form_of(code).json_rpc, message);
}

std::string error_line(std::string_view id, Code code, int number, std::string_view message) {
  std::string out = R"({"jsonrpc":"2.0","id":)";
  out.append(id).append(R"(,"error":{"code":)").append(std::to_string(number)).append(R"(,"message":)");
  out.append(json_text::quote(message)).append(R"(,"data":{"code":")").append(name_of(code)).append("\"}}}\n");
  return out;
}

std::string event_line(std::string_view stamp, std::string_view topic, std::string_view payload) {
  std::string out;
  out.reserve(payload.size() + stamp.size() + topic.size() + 96);
  out.append(R"({"jsonrpc":"2.0","method":"event","params":{"stamp":")").append(stamp);
  out.append(R"(","topic":")").append(topic).append(R"(","payload":)");
  return std::move(out.append(payload).append("}}\n"));
}

std::string events_lost_line(Code why, std::string_view message) {
  std::string out = R"({"jsonrpc":"2.0","method":"events.lost","params":{"code":")";
  out.append(name_of(why)).append(R"(","message":)").append(json_text::quote(message));
  return std::move(out.append("}}\n"));
}

}  // namespace hive::rpc
