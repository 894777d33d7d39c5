// What an agent's page asks for. Of the agent comes data alone.
#include <hive/http/form.hpp>
#include <hive/sdk/contracts/lifecycle.hpp>
#include <hive/sdk/contracts/turns.hpp>

#include <boost/json.hpp>

#include <algorithm>

#include "dashboard.hpp"

namespace hive::dashboard {
namespace {

constexpr milliseconds kPatience{10'000};  // beyond that of AgentPages, which always answers

/// The query as T; its members are taken as text too.
template <class T>
Result<T> query_as(const http::Request& request) {
  const auto query = http::query_of(request);
  if (!query) return query.error();
  json::object members;
  for (const auto& [name, value] : query->pairs())
    if (!value.empty()) members[name] = value;
  return decode_value<T>(members, Unknown::refuse);
}

struct SendBody {
  std::string text;
  std::optional<std::string> key;
};
constexpr auto fields(Of<SendBody>) {
  return shape(
      field<&SendBody::text>("text", "message to the agent").max_bytes(60'000),
      field<&SendBody::key>("key", "key of the message; a second message with it is not sent again").max_bytes(128));
}
struct ModelBody {
  std::optional<std::string> model;
};
constexpr auto fields(Of<ModelBody>) {
  return shape(
      field<&ModelBody::model>("model", "name of the model; absent: back to the configuration").max_bytes(128));
}
template <class T>
Result<T> body_as(const http::Request& request) {
  if (request.body.empty()) return decode_text<T>("{}", Unknown::refuse);
  return http::json_as<T>(request);
}

}  // namespace

/// The agent's answer, wherever it is given; its pages' thread posts it here.
template <class P, class R>
Task<Result<std::string>> Dashboard::ask_agent(std::string name, const Method<P, R>& method, P params) {
  struct Asked {
    std::optional<Result<std::string>> answer;
    Signal done;
  };
  const auto asked = std::make_shared<Asked>();  // shared: the answer may come when nobody waits any more
  agent_pages_->ask(name, method, params, [this, asked](Result<std::string> answer) {
    host_.post([asked, answer = std::move(answer)] {
      asked->answer = answer;
      asked->done.notify_all();
    });
  });
  auto waited = co_await asked->done.wait(host_, kPatience);
  if (!waited) co_return waited.error();
  if (!asked->answer) co_return error(Code::timeout, name + ": gave no answer in time");
  co_return std::move(*asked->answer);
}

Dashboard::Answer Dashboard::agent_state(Request request) {
  const std::string name(request.parameter("name"));
  if (!is_agent_name(name)) co_return error(Code::not_found, "there is no agent of this name");
  auto out = mark();  // before the rest
  out["name"] = name;
  const None none;
  auto containers = co_await host_.call_as(std::string(kOperator), lifecycle::kList, none);
  if (!containers) co_return containers.error();
  const auto& rows = containers->containers;
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return one.name == name; });
  if (row == rows.end()) co_return error(Code::not_found, "there is no agent " + name);
  out["container"] = encode_value(*row);
  json::array errors;
  auto turns = co_await host_.call_as(std::string(kOperator), turns::kList, none);
  if (!turns) {
    errors.push_back({{"source", "report"}, {"detail", turns.error().message}});
  } else {
    for (const auto& agent : turns->agents)
      if (agent.name == name) out["report"] = encode_value(agent.report);
  }
  auto asking = ask_agent(name, page::kState, none);
  auto page = co_await std::move(asking);
  auto shown = page ? parse_json(*page) : Result<json::value>(page.error());
  if (shown)
    out["page"] = std::move(*shown);
  else
    errors.push_back({{"source", "page"}, {"detail", shown.error().message}});
  out["source_errors"] = std::move(errors);
  co_return http::json_text(write_json(out));
}

Dashboard::Answer Dashboard::agent_history(Request request) {
  auto params = query_as<page::History>(request);
  if (!params) co_return params.error();
  auto passing = from_agent(std::move(request), page::kHistory, *params);
  co_return co_await std::move(passing);
}

Dashboard::Answer Dashboard::agent_stats(Request request) {
  auto params = query_as<page::StatsQuery>(request);
  if (!params) co_return params.error();
  auto passing = from_agent(std::move(request), page::kStats, *params);
  co_return co_await std::move(passing);
}

template <class P, class R>
Dashboard::Answer Dashboard::from_agent(Request request, const Method<P, R>& method, P params) {
  std::string name(request.parameter("name"));
  if (!is_agent_name(name)) co_return error(Code::not_found, "there is no agent of this name");
  auto asking = ask_agent(std::move(name), method, std::move(params));
  auto answer = co_await std::move(asking);
  if (!answer) co_return answer.error();
  co_return http::json_text(std::move(*answer));
}

Dashboard::Answer Dashboard::agent_send(Request request) {
  auto body = body_as<SendBody>(request);
  if (!body) co_return body.error();
  json::object params{{"name", request.parameter("name")}, {"kind", "operator_message"}, {"text", body->text}};
  if (body->key) params["key"] = *body->key;
  auto passing = pass_on(std::string(turns::kCommand.name), std::move(params));
  co_return co_await std::move(passing);
}

Dashboard::Answer Dashboard::agent_model(Request request) {
  auto body = body_as<ModelBody>(request);
  if (!body) co_return body.error();
  json::object params{{"name", request.parameter("name")}, {"kind", "model"}};
  if (body->model) params["model"] = *body->model;
  auto passing = pass_on(std::string(turns::kCommand.name), std::move(params));
  co_return co_await std::move(passing);
}

Dashboard::Answer Dashboard::agent_command(Request request, std::string_view kind) {
  auto body = body_as<None>(request);
  if (!body) co_return body.error();
  json::object params{{"name", request.parameter("name")}, {"kind", kind}};
  auto passing = pass_on(std::string(turns::kCommand.name), std::move(params));
  co_return co_await std::move(passing);
}

}  // namespace hive::dashboard
