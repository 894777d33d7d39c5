#include "gate.hpp"

#include "secrets.hpp"

namespace hive::dashboard {
namespace {

using http::Request;
using http::Response;

/// What needs no session: it tells nothing, or is how one gets in.
bool is_open_to_all(const Request& request) {
  if (request.verb == http::Verb::post) return request.path == "/sign-in";
  return request.path == "/healthz" || request.path.starts_with("/assets/") || request.path.starts_with("/open/");
}

/// Whether `origin` is that of the page: the host that the request was sent to, by either scheme.
bool is_own(std::string_view origin, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (origin.starts_with(scheme) && origin.substr(scheme.size()) == host) return true;
  return false;
}

/// Whether another page made the browser ask. A port of the same machine is the same site to a browser, so its
/// cookies are no help; what it says of who asked is. Going to a page is free to all.
bool is_foreign(const Request& request) {
  const auto origin = request.header("origin");
  if (origin && !is_own(*origin, request.header("host").value_or(""))) return true;
  const auto site = request.header("sec-fetch-site");
  if (!site || *site == "same-origin" || *site == "none") return false;
  return request.verb != http::Verb::get || request.header("sec-fetch-mode") != "navigate" ||
         request.header("sec-fetch-dest") != "document";
}

bool wants_page(const Request& request) {
  return request.verb == http::Verb::get &&
         request.header("accept").value_or("").find("text/html") != std::string::npos;
}

}  // namespace

std::optional<Response> Gate::check(const Request& request) const {
  if (is_foreign(request))
    return http::problem(Code::forbidden, "this was asked for by another page; use the hive's own");
  if (is_open_to_all(request)) return {};
  const auto session = session_of(request);
  if (!session) return no_session(request);
  if (request.verb == http::Verb::get) return {};
  if (is_same(request.header("x-hive-token").value_or(""), session->token)) return {};
  return http::problem(Code::forbidden, "the header x-hive-token is not the one of this session; load the page again");
}

std::optional<Sessions::Session> Gate::session_of(const Request& request) const {
  const auto cookie = request.cookie(options_.cookie);
  return cookie ? options_.sessions.find(*cookie) : std::nullopt;
}

Response Gate::no_session(const Request& request) const {
  if (wants_page(request)) return options_.pages.sign_in(401, "");
  return http::problem(401, "there is no session; run `hive-c0re open` and follow the address that it prints");
}

Response Gate::not_found(const Request& request, std::string_view words) const {
  return wants_page(request) ? options_.pages.not_found(words) : http::problem(Code::not_found, std::string(words));
}

http::Header Gate::signed_in() const {
  const auto cookie = http::set_cookie({.name = options_.cookie,
                                        .value = options_.sessions.begin(),
                                        .max_age = options_.sessions.lifetime(),
                                        .secure = options_.secure});
  return *cookie;  // both are made of letters that a cookie may have
}

http::Header Gate::signed_out() const {
  const auto cookie = http::set_cookie(
      {.name = options_.cookie, .value = "", .max_age = std::chrono::seconds(0), .secure = options_.secure});
  return *cookie;
}

}  // namespace hive::dashboard
