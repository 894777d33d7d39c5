#include "settings.hpp"

#include <arpa/inet.h>

namespace hive::dashboard {
namespace {

bool is_loopback(const std::string& address) {
  in_addr four{};
  in6_addr six{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  return ::inet_pton(AF_INET6, address.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/// Browsers take these names for both 127.0.0.1 and ::1, of which the host listens at one: any program may have the
/// other.
bool is_name_of_loopback(std::string_view name) {
  return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace

std::string authority_of(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!url.starts_with(scheme)) continue;
    url.remove_prefix(scheme.size());
    if (url.ends_with('/')) url.remove_suffix(1);
    const bool plain = url.find_first_of("/?#@ ") == url.npos;
    return plain ? std::string(url) : std::string();
  }
  return {};
}

std::string name_in(const std::string& authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

Status check(const Settings& settings) {
  if (!is_loopback(settings.address) && !settings.password_file)
    return error(Code::invalid_params, "[plugins.dashboard] address = \"" + settings.address +
                                           "\" can be reached from other machines; set password_file, or bind to "
                                           "127.0.0.1");
  if (settings.url && authority_of(*settings.url).empty())
    return error(Code::invalid_params,
                 "[plugins.dashboard] url = \"" + *settings.url + "\" is not an address like https://hive.lan");
  if (settings.url && settings.url->starts_with("http://") && is_name_of_loopback(name_in(authority_of(*settings.url))))
    return error(Code::invalid_params, "[plugins.dashboard] url = \"" + *settings.url +
                                           "\" is a name under which another program of this machine may answer too; "
                                           "use the address itself, or the name of a proxy with TLS");
  return {};
}

}  // namespace hive::dashboard
