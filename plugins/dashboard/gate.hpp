#pragma once
#include <hive/http/routes.hpp>

#include "pages.hpp"
#include "sessions.hpp"

namespace hive::dashboard {

/// The session whose token the request carries. [any-thread]
std::optional<Sessions::Session> session_of(const http::Request& request, const Sessions& sessions);

/// Who may ask for what. The pages and their files are public and tell nothing; all else needs a token of a session in
/// the header `x-hive-token`, which no browser sends by itself. The server has looked at the Host header before. All
/// [any-thread].
class Gate {
 public:
  Gate(const Sessions& sessions, const Pages& pages) : sessions_(sessions), pages_(pages) {}

  /// The answer to a request that goes no further.
  std::optional<http::Response> check(const http::Request& request) const;
  /// The answer for an address that does not exist: a page for a browser that goes there, a problem for a program.
  http::Response not_found(const http::Request& request, std::string_view words) const;

 private:
  const Sessions& sessions_;
  const Pages& pages_;
};

}  // namespace hive::dashboard
