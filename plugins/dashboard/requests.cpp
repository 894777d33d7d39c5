// What the operator's page asks for.
#include <hive/http/form.hpp>
#include <hive/sdk/contracts/files.hpp>

#include <boost/json.hpp>

#include <algorithm>

#include "dashboard.hpp"

namespace hive::dashboard {
namespace {

constexpr std::int64_t kHistoryRows = 50;

/// The POST's body as params: a JSON object, a form (a ticked box is `true`), or nothing.
Result<json::object> params_of(const http::Request& request) {
  if (request.body.empty()) return json::object();
  if (request.header("content-type").value_or("").starts_with("application/x-www-form-urlencoded")) {
    const auto form = http::form_of(request);
    if (!form) return form.error();
    json::object out;
    for (const auto& [name, value] : form->pairs()) {
      if (out.contains(name)) return error(Code::invalid_params, name + ": is there more than once");
      out[name] = value == "on" ? json::value(true) : json::value(value);
    }
    return out;
  }
  auto value = http::json_of(request);
  if (!value) return value.error();
  if (!value->is_object()) return error(Code::invalid_params, "the body is not a JSON object");
  return std::move(value->get_object());
}

/// Members of the query that are given and not empty, those named in `numbers` as what they are.
Result<json::object> query_of(const http::Request& request, std::initializer_list<std::string_view> texts,
                              std::initializer_list<std::string_view> numbers = {}) {
  const auto query = http::query_of(request);
  if (!query) return query.error();
  json::object out;
  for (const auto& [name, value] : query->pairs()) {
    const bool text = std::find(texts.begin(), texts.end(), name) != texts.end();
    if (!text && std::find(numbers.begin(), numbers.end(), name) == numbers.end())
      return error(Code::invalid_params, name + ": there is no such parameter");
    if (out.contains(name)) return error(Code::invalid_params, name + ": is there more than once");
    if (!value.empty()) out[name] = value;  // numbers too: methods take them as text
  }
  return out;
}

}  // namespace

json::object Dashboard::mark() const {
  return {{"epoch", feed_.epoch()}, {"seq", feed_.last()}};
}

Dashboard::Answer Dashboard::state(Request) {
  auto head = write_json(mark());  // before the rest: what happens meanwhile comes as an event too
  head.back() = ',';
  auto taking = snapshot_->take();
  auto rest = co_await std::move(taking);
  co_return http::json_text(head + rest + "}");
}

Dashboard::Answer Dashboard::pass_on(std::string method, json::object params) {
  const auto text = write_json(params);
  auto result = co_await host_.call_text(method, text, kOperator);
  if (!result) co_return result.error();
  co_return http::json_text(std::move(*result));
}

Dashboard::Answer Dashboard::history(Request request) {
  auto params = query_of(request, {}, {"before"});
  if (!params) co_return params.error();
  (*params)["of"] = "*";
  (*params)["limit"] = kHistoryRows;
  auto passing = pass_on("broker.recent", std::move(*params));
  co_return co_await std::move(passing);
}

Dashboard::Answer Dashboard::journal(Request request) {
  auto params = query_of(request, {"unit"}, {"lines", "cursor"});
  if (!params) co_return params.error();
  (*params)["name"] = request.parameter("name");
  auto passing = pass_on("journal.read", std::move(*params));
  co_return co_await std::move(passing);
}

Dashboard::Answer Dashboard::agent_config(Request request) {
  auto params = query_of(request, {"path"});
  if (!params) co_return params.error();
  (*params)["name"] = request.parameter("name");
  auto passing = pass_on("lifecycle.config", std::move(*params));
  co_return co_await std::move(passing);
}

Dashboard::Answer Dashboard::state_file(Request request) {
  const auto params = query_of(request, {"path"});
  if (!params) co_return params.error();
  auto wanted = decode_value<files::Read>(*params, Unknown::refuse);
  if (!wanted) co_return wanted.error();
  auto whole = co_await host_.call_as(std::string(kOperator), files::kRead, *wanted);
  while (whole && whole->next) {  // one answer of a method may not hold it
    wanted->offset = *whole->next;
    auto piece = co_await host_.call_as(std::string(kOperator), files::kRead, *wanted);
    if (!piece) co_return piece.error();
    if (auto added = files::append(*whole, std::move(*piece)); !added) co_return added.error();
  }
  if (!whole) co_return whole.error();
  co_return http::json_text(encode_text(*whole));
}

Dashboard::Answer Dashboard::act(Request request, const Action& action) {
  auto params = params_of(request);
  if (!params) co_return params.error();
  for (const auto& [name, value] : request.parameters) (*params)[name] = value;
  auto passing = pass_on(std::string(action.method), std::move(*params));
  co_return co_await std::move(passing);
}

Dashboard::Answer Dashboard::call(Request request) {
  const std::string method(request.parameter("method"));
  // A page's session must not create sessions or agents; both are for the command line.
  if (method.starts_with("http.") || method == "lifecycle.spawn")
    co_return error(Code::forbidden, method + ": is for the command line alone");
  auto params = params_of(request);
  if (!params) co_return params.error();
  auto passing = pass_on(method, std::move(*params));
  co_return co_await std::move(passing);
}

Dashboard::Answer Dashboard::metrics(Request) {
  const auto figures = server_->figures();
  std::string out;
  const auto add = [&out](std::string_view name, std::string_view type, std::string_view help, std::uint64_t value) {
    const auto full = "hive_http_" + std::string(name);
    out += "# HELP " + full + " " + std::string(help) + "\n# TYPE " + full + " " + std::string(type) + "\n" + full +
           " " + std::to_string(value) + "\n";
  };
  add("connections", "gauge", "Connections that are open.", figures.connections);
  add("streams", "gauge", "Event streams that are open.", figures.streams);
  add("unsent_bytes", "gauge", "Bytes that clients have not taken yet.", figures.unsent_bytes);
  add("requests_total", "counter", "Requests that were whole.", figures.requests);
  add("refused_total", "counter", "Requests that the gate answered.", figures.refused);
  add("cut_total", "counter", "Readers that were too slow.", figures.cut);
  add("open_requests", "gauge", "Requests that wait for their answers.", open_requests_);
  add("events_total", "counter", "Events that were put into the stream.", feed_.last());
  add("followed_agents", "gauge", "Agents whose live events are read.", followed_.size());
  co_return http::Response{.type = "text/plain; version=0.0.4; charset=utf-8", .body = std::move(out)};
}

}  // namespace hive::dashboard
