#pragma once
#include <hive/sdk/method.hpp>

/// Role `http`: the operator's page. Its methods are for the admin socket; the page itself cannot call them.
namespace hive::http_api {

struct OneTimeAddress {
  std::string url, phrase;
};
Fields fields(Of<OneTimeAddress>);
inline constexpr Method<None, OneTimeAddress> kOpen{
    .name = "http.open",
    .callers = Who::operators,
    .doc = "An address that opens the operator's page, and the phrase by which the page is known.",
    .cli = {.alias = "open"}};

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
    .doc = "What to put into the password file of the page; the password itself is not kept."};

struct Serving {
  bool served = false;
  std::string address;
  std::int64_t port = 0;
  std::optional<std::string> reason;
};
Fields fields(Of<Serving>);
inline constexpr Method<None, Serving> kServing{
    .name = "http.serving", .callers = Who::operators, .doc = "Whether the operator's page is served, and where."};

}  // namespace hive::http_api
