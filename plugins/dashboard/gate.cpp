#include "gate.hpp"

namespace hive::dashboard {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kAgentPages = "/agent/";

// The pages have no service worker. One that another program left behind while it had the port would stand between them
// and the host for ever; browsers look for a new version of it here, and this one takes itself away.
constexpr std::string_view kLastWorker = R"(self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  await self.registration.unregister();
  // Loading them again waits for this handler, so this handler does not wait for that.
  for (const page of await self.clients.matchAll({ type: "window" })) page.navigate(page.url).catch(() => undefined);
})()));
)";

Response last_worker() {
  return {.type = "text/javascript; charset=utf-8",
          .headers = {{"Service-Worker-Allowed", "/"}},
          .body = std::string(kLastWorker)};
}

/// Pages, their files, and how one gets in: none of it tells anything.
bool is_open_to_all(const Request& request) {
  const std::string_view path = request.path;
  if (request.verb == http::Verb::post) return path == "/session" || path == "/sign-in" || path.starts_with("/open/");
  if (request.verb != http::Verb::get) return false;
  if (path == "/" || path == "/healthz" || path.starts_with("/assets/") || path.starts_with("/open/")) return true;
  if (!path.starts_with(kAgentPages)) return false;
  const auto slash = path.find('/', kAgentPages.size());  // the page itself, and what leads to it
  return slash == path.npos || slash + 1 == path.size();
}

/// Whether `origin` is that of the page: the host that the request was sent to, by either scheme.
bool is_own(std::string_view origin, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (origin.starts_with(scheme) && origin.substr(scheme.size()) == host) return true;
  return false;
}

/// Whether another page made the browser ask, one of another port of this machine too. Such a page has no token; this
/// keeps it from the public addresses as well. Going to a page is free to all.
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

std::optional<Sessions::Session> session_of(const Request& request, const Sessions& sessions) {
  const auto token = request.header("x-hive-token");
  return token ? sessions.find(*token, Sessions::Clock::now()) : std::nullopt;
}

std::optional<Response> Gate::check(const Request& request) const {
  if (request.header("service-worker")) return last_worker();
  if (is_foreign(request))
    return http::problem(Code::forbidden, "this was asked for by another page; use the hive's own");
  if (is_open_to_all(request) || session_of(request, sessions_)) return {};
  if (wants_page(request)) return pages_.closed("This address answers the hive's own page alone.");
  return http::problem(401, "there is no session; run `hive-c0re open` and follow the address that it prints");
}

Response Gate::not_found(const Request& request, std::string_view words) const {
  return wants_page(request) ? pages_.not_found(words) : http::problem(Code::not_found, std::string(words));
}

}  // namespace hive::dashboard
