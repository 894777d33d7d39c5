#pragma once
#include <hive/http/routes.hpp>

#include "pages.hpp"
#include "sessions.hpp"

namespace hive::dashboard {

/// Who may ask for anything: a browser with a session, from the page itself. The server has looked at the Host
/// header before. All [any-thread].
class Gate {
 public:
  struct Options {
    const Sessions& sessions;
    const Pages& pages;
    std::string cookie;  // its name
    bool secure;         // browsers come by https
  };
  explicit Gate(Options options) : options_(std::move(options)) {}

  /// The answer to a request that goes no further.
  std::optional<http::Response> check(const http::Request& request) const;
  /// The answer where nothing is: a page to who goes there, a problem to a program.
  http::Response not_found(const http::Request& request, std::string_view words) const;
  std::optional<Sessions::Session> session_of(const http::Request& request) const;
  /// Set-Cookie of a new session, and of none.
  http::Header signed_in() const;
  http::Header signed_out() const;

 private:
  http::Response no_session(const http::Request& request) const;
  const Options options_;
};

}  // namespace hive::dashboard
