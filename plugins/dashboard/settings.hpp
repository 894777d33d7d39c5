#pragma once
#include <hive/sdk/codec.hpp>

namespace hive::dashboard {

struct Settings {
  std::string address = "127.0.0.1", label = "hyperhive";
  std::int64_t port = 7'000, session_days = 30;
  std::optional<std::string> url, password_file;
  std::vector<std::string> hosts;
};
constexpr auto fields(Of<Settings>) {
  return shape(
      field<&Settings::address>("address", "address that the page is served at; beyond loopback it needs a password")
          .max_bytes(64)
          .defaulted(),
      field<&Settings::port>("port", "port that the page is served at; 0: one that is free")
          .between(0, 65'535)
          .defaulted(),
      field<&Settings::url>("url", "address by which browsers reach the page behind a proxy, like https://hive.lan")
          .max_bytes(256),
      field<&Settings::hosts>("hosts", "further host names by which browsers may reach the page").max_items(16),
      field<&Settings::password_file>("password_file", "file with the line that http.password_line gives; absent: none")
          .max_bytes(4'096),
      field<&Settings::session_days>("session_days", "days after which a browser has to sign in again")
          .between(1, 365)
          .defaulted(),
      field<&Settings::label>("label", "label of this hive, shown to people; absent: the one of [host]")
          .max_bytes(64)
          .defaulted());
}

/// Errors: invalid_params (an address that needs a password and has none, a url that is none or that others may
/// answer).
Status check(const Settings& settings);

/// `host` or `host:port` of a URL without a path; empty when it is none. [any-thread]
std::string authority_of(std::string_view url);
/// The same without the port. [any-thread]
std::string name_in(const std::string& authority);

}  // namespace hive::dashboard
