#pragma once
#include <hive/sdk/contracts/http.hpp>

#include "feed.hpp"
#include "gate.hpp"
#include "intake.hpp"
#include "secrets.hpp"
#include "settings.hpp"

namespace hive::dashboard {

/// How a browser gets in, shows that it is in, and gets out. [strand]
class SessionRequests {
 public:
  /// Reads the password and the sessions of before. Errors: unavailable, forbidden, invalid_params (a file that makes
  /// no sense or that others may read, each named). [blocking]
  static Result<std::unique_ptr<SessionRequests>> open(Host& host, const Settings& settings, Feed& feed);
  SessionRequests(const SessionRequests&) = delete;

  const Sessions& sessions() const { return *sessions_; }
  bool has_password() const { return password_.has_value(); }
  /// Ends them all, for another program may have them in a browser. [blocking]
  Status end_all() { return sessions_->end_all(); }

  /// `url`: where the page is served.
  http_api::OneTimeAddress open_address(const std::string& url);
  Task<Result<http_api::PasswordLine>> password_line(http_api::NewPassword wanted);
  Answer enrol(http::Request request);
  Answer sign_in(http::Request request);
  Answer sign_out(http::Request request);
  http::Response greet(const http::Request& request) const;  // [any-thread]

 private:
  SessionRequests(Host& host, Feed& feed) : host_(host), feed_(feed) {}
  Task<Result<json::object>> begin_session(std::string secret, std::string name, std::string nonce);

  Host& host_;
  Feed& feed_;
  std::optional<PasswordHash> password_;
  std::unique_ptr<Sessions> sessions_;
  OpenCodes codes_;
  Attempts attempts_{5, std::chrono::seconds(12)};
  bool told_of_tries_ = false;  // since one was let through
};

}  // namespace hive::dashboard
