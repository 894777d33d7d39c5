#pragma once
#include <hive/sdk/method.hpp>

/// Role `http`: the operator's page. Its methods are for the admin socket; the page itself cannot call them.
namespace hive::http_api {

struct OneTimeAddress {
  std::string url, phrase;
};
constexpr auto fields(Of<OneTimeAddress>) {
  return shape(
      field<&OneTimeAddress::url>("url", "signs one browser in, once, within two minutes"),
      field<&OneTimeAddress::phrase>("phrase", "phrase that the page shows too, which proves that it is this host's"));
}
inline constexpr Method<None, OneTimeAddress> kOpen{
    .name = "http.open",
    .callers = Who::operators,
    .doc = "An address that opens the operator's page, and the phrase by which the page is known.",
    .cli = {.alias = "open"}};

struct NewPassword {
  std::string password;
};
constexpr auto fields(Of<NewPassword>) {
  return shape(field<&NewPassword::password>("password", "12 to 1,024 bytes").max_bytes(1'024).as_secret());
}
struct PasswordLine {
  std::string line;
};
constexpr auto fields(Of<PasswordLine>) {
  return shape(field<&PasswordLine::line>("line", "the whole content of the file that password_file names"));
}
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
constexpr auto fields(Of<Serving>) {
  return shape(field<&Serving::served>("served", "browsers reach the page"),
               field<&Serving::address>("address", "address that the page is served at"),
               field<&Serving::port>("port", "port that the page is served at, or would be"),
               field<&Serving::reason>("reason", "why it is not served, and whether that is tried again"));
}
inline constexpr Method<None, Serving> kServing{
    .name = "http.serving", .callers = Who::operators, .doc = "Whether the operator's page is served, and where."};

}  // namespace hive::http_api
