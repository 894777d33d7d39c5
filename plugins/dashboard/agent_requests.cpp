#include "agent_requests.hpp"

#include <hive/http/form.hpp>

#include <boost/json.hpp>

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

}  // namespace

json::object mark_of(const Feed& feed) {
  return {{"epoch", feed.epoch()}, {"seq", feed.last()}};
}

/// The agent's answer, wherever it is given; its pages' thread posts it here.
template <class P, class R>
Task<Result<std::string>> AgentRequests::ask(std::string name, const Method<P, R>& method, P params) {
  struct Asked {
    std::optional<Result<std::string>> answer;
    Signal done;
  };
  const auto asked = std::make_shared<Asked>();  // shared: the answer may come when nobody waits any more
  asks_.pages.ask(name, method, params, [this, asked](Result<std::string> answer) {
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

Answer AgentRequests::state(http::Request request) {
  const std::string name(request.parameter("name"));
  if (!is_agent_name(name)) co_return error(Code::not_found, "there is no agent of this name");
  auto out = mark_of(asks_.feed);  // before the rest
  out["name"] = name;
  auto taking = asks_.snapshot.take_of(name);
  auto taken = co_await std::move(taking);
  if (!taken) co_return taken.error();
  for (auto& [key, value] : taken->members) out[key] = std::move(value);
  const None none;
  auto asking = ask(name, page::kState, none);
  auto page = co_await std::move(asking);
  auto shown = page ? parse_json(*page) : Result<json::value>(page.error());
  if (shown)
    out["page"] = std::move(*shown);
  else
    taken->source_errors.push_back({{"source", "page"}, {"detail", shown.error().message}});
  out["source_errors"] = std::move(taken->source_errors);
  co_return http::json_text(write_json(out));
}

Answer AgentRequests::history(http::Request request) {
  return pass_on(std::move(request), page::kHistory);
}

Answer AgentRequests::stats(http::Request request) {
  return pass_on(std::move(request), page::kStats);
}

template <class P, class R>
Answer AgentRequests::pass_on(http::Request request, const Method<P, R>& method) {
  const auto params = query_as<P>(request);
  if (!params) co_return params.error();
  std::string name(request.parameter("name"));
  if (!is_agent_name(name)) co_return error(Code::not_found, "there is no agent of this name");
  auto asking = ask(std::move(name), method, *params);
  auto answer = co_await std::move(asking);
  if (!answer) co_return answer.error();
  co_return http::json_text(std::move(*answer));
}

}  // namespace hive::dashboard
