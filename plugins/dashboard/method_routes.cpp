#include "method_routes.hpp"

#include <hive/sdk/manifest_words.hpp>
#include <hive/sdk/pieces.hpp>

#include <boost/json.hpp>

#include "request_params.hpp"

namespace hive::dashboard {
void MethodRoutes::refresh() {
  is_stale_ = true;
  if (!std::exchange(is_reading_, true)) host_.spawn(read());
}

Task<> MethodRoutes::read() {
  while (std::exchange(is_stale_, false)) {
    const host_api::ListMethods wanted{.away = true};
    auto list = co_await host_.call_as(std::string(kOperator), host_api::kMethodsList, wanted);
    if (list) {
      take(*list);
      changed_();
      are_known_ = true;
    } else if (list.error().code != Code::cancelled) {
      host_.fail("the addresses of methods are not known: " + list.error().message);
    }
  }
  is_reading_ = false;
}

void MethodRoutes::take(const host_api::Methods& list) {
  for (auto& [method, known] : known_) known.is_here = false;
  for (const auto& method : list.methods) known_[method.name] = known_of(method);
}

MethodRoutes::Known MethodRoutes::known_of(const host_api::MethodAbout& method) {
  Known out{.members = host_api::properties_of(method.about.params), .is_for_pages = method.about.from_pages};
  for (const auto& route : method.about.http) {
    Address address{.method = method.name, .path = route.path, .joins = route.joins};
    if (route.verb == name_of(http::Verb::get)) address.verb = http::Verb::get;
    if (!route.with.empty()) address.fixed = params_in(route.with).value_or(json::object());
    address.members = out.members;
    out.addresses.push_back(std::make_shared<const Address>(std::move(address)));
  }
  return out;
}

void MethodRoutes::mount(const Add& add) {
  for (const bool is_here : {true, false})
    for (const auto& [method, known] : known_) {
      if (known.is_here != is_here) continue;
      for (const auto& address : known.addresses)
        add(address->verb, address->path,
            [this, address](http::Request request) { return answer(address, std::move(request)); });
    }
}

/// What the address says counts, whatever a body says of it; a query may not say it at all.
Result<json::object> MethodRoutes::params_of(const http::Request& request, const Address& address) {
  auto free = address.members;
  for (const auto& fixed : address.fixed) free.erase(fixed.key());
  for (const auto& [name, value] : request.parameters) free.erase(name);
  if (!address.joins.empty()) free.erase("offset");
  auto params =
      address.verb == http::Verb::get ? params_of_query(request, free) : params_of_body(request, address.members);
  if (!params) return params;
  for (const auto& [name, value] : request.parameters) (*params)[name] = typed(value, address.members, name);
  for (const auto& fixed : address.fixed) (*params)[fixed.key()] = fixed.value();
  return params;
}

Answer MethodRoutes::answer(AddressPtr address, http::Request request) {
  auto params = params_of(request, *address);
  if (!params) co_return params.error();
  if (address->joins.empty()) {
    auto passing = pass_on(address->method, std::move(*params));
    co_return co_await std::move(passing);
  }
  auto joining = join(address, std::move(*params));
  co_return co_await std::move(joining);
}

Answer MethodRoutes::call(http::Request request) {
  const std::string method(request.parameter("method"));
  const auto known = known_.find(method);
  if (known != known_.end() && !known->second.is_for_pages)
    co_return error(Code::forbidden, method + ": is for the command line alone");
  const json::object none;
  auto params = params_of_body(request, known != known_.end() ? known->second.members : none);
  if (!params) co_return params.error();
  auto passing = pass_on(method, std::move(*params));
  co_return co_await std::move(passing);
}

Answer MethodRoutes::pass_on(std::string method, json::object params) {
  const auto text = write_json(params);
  auto result = co_await host_.call_text(method, text, kOperator);
  if (!result) co_return result.error();
  co_return http::json_text(std::move(*result));
}

/// One answer of a method may not hold what one of the server may.
Answer MethodRoutes::join(AddressPtr address, json::object params) {
  Pieces pieces(address->joins);
  for (;;) {
    const auto text = write_json(params);
    auto result = co_await host_.call_text(address->method, text, kOperator);
    if (!result) co_return result.error();
    auto answer = parse_json(*result);
    if (!answer) co_return answer.error();
    auto next = pieces.add(std::move(*answer));
    if (!next) co_return error(next.error().code, address->method + ": " + next.error().message);
    if (next->is_null()) break;
    params["offset"] = std::move(*next);
  }
  const auto whole = write_json(std::move(pieces).whole());
  co_return http::json_text(whole);
}

}  // namespace hive::dashboard
