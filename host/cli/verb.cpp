#include <hive/os/random.hpp>
#include <hive/rpc/client.hpp>
#include <hive/sdk/contracts/lifecycle.hpp>
#include <hive/sdk/pieces.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <optional>

#include "command.hpp"
#include "render.hpp"

namespace hive::host::cli {
namespace {

using std::chrono::milliseconds;

/// How long a keyed call is repeated when the host goes away under it.
constexpr milliseconds kRepeatFor{15'000};

std::string new_key() {
  return "cli-" + os::random_hex(16);
}

bool takes_key(const MethodEntry& method) {
  return std::find(method.hidden.begin(), method.hidden.end(), "key") != method.hidden.end();
}

/// A text that one answer may not hold.
Result<json::value> call_for_text(Session& session, const MethodEntry& method, json::object params,
                                  milliseconds deadline) {
  Pieces pieces(method.text);
  for (;;) {
    auto answer = session.call(method.name, params, deadline);
    if (!answer) return answer;
    auto next = pieces.add(std::move(*answer));
    if (!next) return error(next.error().code, method.name + ": " + next.error().message);
    if (next->is_null()) return json::value(std::move(pieces).whole());
    params["offset"] = std::move(*next);
  }
}

/// With a key a call may be repeated, so a restart of the host in its middle costs nothing.
Result<json::value> call_method(Session& session, const MethodEntry& method, json::object params,
                                const Globals& globals) {
  const auto deadline = milliseconds(method.deadline_ms) + rpc::kGrace;
  if (!method.text.empty()) return call_for_text(session, method, std::move(params), deadline);
  const bool keyed = takes_key(method);
  if (keyed) params["key"] = new_key();
  auto answer = session.call(method.name, params, deadline);
  if (answer || !keyed || answer.error().code != Code::unavailable) return answer;
  rpc::Client client(globals.socket());
  auto text = client.call_text(method.name, write_json(params), {kRepeatFor, rpc::Repeat::safe});
  if (!text) return text.error();
  return parse_json(*text);
}

std::string done_words(std::string_view action) {
  using lifecycle::Transient;
  if (action == name_of(Transient::spawning)) return "was created and started";
  if (action == name_of(Transient::starting)) return "was started";
  if (action == name_of(Transient::stopping)) return "was stopped";
  if (action == name_of(Transient::restarting)) return "was restarted";
  if (action == name_of(Transient::rebuilding)) return "was rebuilt";
  if (action == name_of(Transient::destroying)) return "was destroyed";
  return std::string(action) + " is done";
}

std::string cell_in(const json::object& object, std::string_view member) {
  const auto* value = object.if_contains(member);
  return value != nullptr && value->is_string() ? cell(*value) : std::string();
}

/// The event that ends what `accepted` began.
Result<json::object> wait_for(Session& session, const MethodEntry& method, const json::object& accepted) {
  for (;;) {
    auto event = session.next_event();
    if (!event)
      return error(event.error().code, cell_in(accepted, "name") + ": its end was not seen (" + event.error().message +
                                           "); `hive-c0re list` shows how it is");
    if (event->topic != method.awaits || !event->payload.is_object()) continue;
    auto& payload = event->payload.get_object();
    const auto action = cell_in(accepted, "action");
    if (cell_in(payload, "name") != cell_in(accepted, "name")) continue;
    if (!action.empty() && cell_in(payload, "action") != action) continue;
    return std::move(payload);
  }
}

Result<int> finish(Session& session, const MethodEntry& method, const json::object& accepted,
                   const Invocation& invocation) {
  const auto name = cell_in(accepted, "name"), action = cell_in(accepted, "action");
  if (!invocation.json()) remark(name + ": " + action + " …\n");
  const auto ended = wait_for(session, method, accepted);
  if (!ended) return ended.error();
  if (invocation.json()) print_line(*ended);
  const auto* ok = ended->if_contains("ok");
  if (ok == nullptr || !ok->is_bool() || !ok->get_bool()) {
    const auto why = cell_in(*ended, "error");
    return error(Code::internal, name + ": " + action + " failed: " + (why.empty() ? "no reason was given" : why));
  }
  if (!invocation.json()) print(name + " " + done_words(action) + ".\n");
  return 0;
}

}  // namespace

Result<int> run_method(const MethodEntry& method, const std::string& shown_as, const Invocation& invocation,
                       Session* session) {
  const auto parsed = parse_method(method, {shown_as, method.doc, ""}, invocation.words);
  if (!parsed) return parsed.error();
  if (parsed->parsed == Parsed::helped) return 0;
  std::optional<Session> late;  // no host ran when its methods were asked for; one may by now
  if (session == nullptr) {
    auto opened = Session::open(invocation.globals);
    if (!opened) return opened.error();
    session = &late.emplace(std::move(*opened));
  }
  const bool waits = !method.awaits.empty() && invocation.globals.await == Await::end;
  if (waits)
    if (const auto subscribed = session->subscribe({method.awaits}); !subscribed) return subscribed.error();
  const auto result = call_method(*session, method, parsed->params, invocation.globals);
  if (!result) return result.error();
  if (waits && result->is_object()) return finish(*session, method, result->get_object(), invocation);
  if (invocation.json())
    print_line(*result);
  else
    print(rendered(method, *result));
  remark(left_out_of(*result));
  return 0;
}

}  // namespace hive::host::cli
