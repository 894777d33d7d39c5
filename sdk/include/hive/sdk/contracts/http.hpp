#pragma once
#include <hive/sdk/method.hpp>

#include <array>
#include <string_view>

/// Role `http`: the operator's page. Its methods are for the admin socket; the page itself cannot call them.
namespace hive::http_api {

/// Addresses that the page has itself, whatever the verb: a method's route may match nothing that one of them matches.
/// `{path*}` is one segment or more.
inline constexpr std::array<std::string_view, 15> kOwnAddresses{"/",
                                                                "/agent/{name}",
                                                                "/agent/{name}/api/state",
                                                                "/agent/{name}/api/stats",
                                                                "/agent/{name}/events/history",
                                                                "/api/call/{method}",
                                                                "/api/state",
                                                                "/assets/{path*}",
                                                                "/dashboard/stream",
                                                                "/healthz",
                                                                "/metrics",
                                                                "/open/{path*}",
                                                                "/session",
                                                                "/sign-in",
                                                                "/sign-out"};

struct OneTimeAddress {
  std::string url, phrase;
};
Fields fields(Of<OneTimeAddress>);
inline constexpr Method<None, OneTimeAddress> kOpen{
    .name = "http.open",
    .callers = Who::operators,
    .doc = "An address that opens the operator's page, and the phrase by which the page is known.",
    .cli = {.alias = "open"},
    .http = kNotFromPages};

struct NewPassword {
  std::string password;
};
Fields fields(Of<NewPassword>);
struct PasswordLine {
  std::string line;
};
Fields fields(Of<PasswordLine>);
inline constexpr Method<NewPassword, PasswordLine> kPasswordLine{
    .name = "http.password_line",
    .callers = Who::operators,
    .doc = "What to put into the password file of the page; the password itself is not kept.",
    .http = kNotFromPages};

struct Serving {
  bool served = false;
  std::string address;
  std::int64_t port = 0;
  std::optional<std::string> reason;
};
Fields fields(Of<Serving>);
inline constexpr Method<None, Serving> kServing{.name = "http.serving",
                                                .callers = Who::operators,
                                                .doc = "Whether the operator's page is served, and where.",
                                                .http = kNotFromPages};

}  // namespace hive::http_api
