#include <hive/os/wait.hpp>

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "doctor.hpp"

namespace hive::host::cli {
namespace {

constexpr std::chrono::milliseconds kPatience{10'000};
constexpr const char* kVendor = "https://api.anthropic.com";

struct Address {
  std::string scheme, credentials, host, port;

  std::string shown() const { return host + ":" + port; }  // without user and password
};

std::optional<Address> address_of(std::string_view url) {
  Address out;
  const auto scheme = url.find("://");
  if (scheme == url.npos) return {};
  out.scheme = url.substr(0, scheme);
  if (out.scheme != "http" && out.scheme != "https") return {};
  auto rest = url.substr(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const auto at = rest.rfind('@'); at != rest.npos)
    out.credentials = rest.substr(0, at), rest.remove_prefix(at + 1);
  const auto bracket = rest.starts_with('[') ? rest.find(']') : rest.npos;
  const auto colon = rest.find(':', bracket == rest.npos ? 0 : bracket);
  out.host = bracket == rest.npos ? rest.substr(0, colon) : rest.substr(1, bracket - 1);
  out.port = colon != rest.npos ? std::string(rest.substr(colon + 1)) : out.scheme == "https" ? "443" : "80";
  int port = 0;
  const auto* end = out.port.data() + out.port.size();
  const auto [stop, failure] = std::from_chars(out.port.data(), end, port);
  if (out.host.empty() || failure != std::errc{} || stop != end || port < 1 || port > 65'535) return {};
  return out;
}

std::string with_name(std::string url) {
  constexpr std::string_view kPlaceholder = "{{name}}";
  if (const auto at = url.find(kPlaceholder); at != url.npos) url.replace(at, kPlaceholder.size(), "manager");
  return url;
}

/// Whether `host` is in a list like `localhost,.intern.example`.
bool is_excepted(std::string_view list, const std::string& host) {
  while (!list.empty()) {
    auto one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), one.size() + 1));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.starts_with('.')) one.remove_prefix(1);
    if (one == "*" || (!one.empty() && (host == one || host.ends_with("." + std::string(one))))) return true;
  }
  return false;
}

/// As the CLI chooses: that of the scheme, else the other one.
std::optional<Address> proxy_for(const agent::ClaudeSettings& claude, const Address& target) {
  if (is_excepted(claude.no_proxy.value_or("localhost,127.0.0.1,::1"), target.host)) return {};
  const auto& own = target.scheme == "https" ? claude.https_proxy : claude.http_proxy;
  const auto& chosen = own ? own : target.scheme == "https" ? claude.http_proxy : claude.https_proxy;
  return chosen ? address_of(*chosen) : std::nullopt;
}

Result<os::Fd> connect_to(const Address& address) {
  addrinfo wanted{}, *found = nullptr;
  wanted.ai_socktype = SOCK_STREAM;
  if (const int why = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &wanted, &found); why != 0)
    return error(Code::not_found, "the name " + address.host + " cannot be resolved (" + ::gai_strerror(why) + ")");
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, &::freeaddrinfo);
  int why = 0;
  for (const auto* one = found; one != nullptr; one = one->ai_next) {
    os::Fd socket(::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
    if (socket && ::connect(socket.get(), one->ai_addr, one->ai_addrlen) == 0) return socket;
    why = errno;
  }
  return error(Code::unavailable, address.shown() + " takes no connection (" + std::strerror(why) + ")");
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t at) { return at < bytes.size() ? std::uint32_t(std::uint8_t(bytes[at])) : 0; };
    const auto three = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (std::size_t k = 0; k < 4; ++k) out += i + k > bytes.size() ? '=' : kLetters[three >> (18 - 6 * k) & 63];
  }
  return out;
}

std::string without_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const bool coded = text[i] == '%' && i + 2 < text.size() &&
                       std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3;
    out += coded ? char(value) : text[i];
    i += coded ? 2 : 0;
  }
  return out;
}

/// Asks a proxy for a way to the target. Errors: unavailable, with what it said.
Status ask_proxy(int socket, const Address& proxy, const Address& target) {
  auto request = "CONNECT " + target.shown() + " HTTP/1.1\r\nHost: " + target.shown() + "\r\n";
  if (!proxy.credentials.empty())
    request += "Proxy-Authorization: Basic " + base64(without_percent(proxy.credentials)) + "\r\n";
  request += "\r\n";
  if (::send(socket, request.data(), request.size(), MSG_NOSIGNAL) < 0) return os::last_error(proxy.shown());
  std::string line(200, '\0');
  const auto got = ::recv(socket, line.data(), line.size(), 0);
  line.resize(got > 0 ? std::size_t(got) : 0);
  line = line.substr(0, line.find_first_of("\r\n"));
  const auto code = line.find(' ');
  if (line.starts_with("HTTP/") && code != line.npos && line.substr(code + 1, 1) == "2") return {};
  return error(Code::unavailable, "the proxy " + proxy.shown() + " opens no way to " + target.shown() +
                                      " (it says: " + (line.empty() ? "nothing" : line) + ")");
}

Status reach(const Address& target, const std::optional<Address>& proxy) {
  auto socket = connect_to(proxy ? *proxy : target);
  if (!socket) return error(socket.error().code, (proxy ? "the proxy: " : "") + socket.error().message);
  // To an http address requests go through a proxy without being asked first.
  if (!proxy || proxy->scheme != "http" || target.scheme != "https") return {};
  return ask_proxy(socket->get(), *proxy, target);
}

/// In a child: neither names nor connections can be given up in time.
Status reach_in_time(const Address& target, const std::optional<Address>& proxy) {
  auto pipe = os::make_pipe();
  if (!pipe) return pipe.error();
  auto child = os::fork_child("doctor");
  if (!child) return child.error();
  if (child->pid == 0) {
    const auto reached = reach(target, proxy);
    const auto said = reached ? std::string() : reached.error().message;
    (void)!::write(pipe->second.get(), said.data(), said.size());
    ::_exit(reached ? 0 : 1);
  }
  pipe->second.reset();
  const auto ending = os::wait_or_kill(*child, kPatience);
  if (ending.exited && ending.code == 0) return {};
  std::string said(1'024, '\0');
  const auto got = os::is_readable(pipe->first.get()) ? ::read(pipe->first.get(), said.data(), said.size()) : 0;
  said.resize(got > 0 ? std::size_t(got) : 0);
  if (!said.empty()) return error(Code::unavailable, said);
  return error(Code::timeout, (proxy ? "the proxy " + proxy->shown() : target.shown()) + " does not answer in 10 s");
}

}  // namespace

void check_reach(Patient& patient) {
  const auto& claude = patient.config.claude();
  if (!claude.base_url && !claude.http_proxy && !claude.https_proxy) return;
  const std::string subject = claude.base_url ? "[claude] base_url" : "[claude] https_proxy";
  const auto target = address_of(with_name(claude.base_url.value_or(kVendor)));
  if (!target) return patient.wrong(subject, "is not an address like https://host/path; correct it in hive.toml");
  const auto proxy = proxy_for(claude, *target);
  const auto way = proxy ? " through the proxy " + proxy->shown() : std::string();
  if (const auto reached = reach_in_time(*target, proxy); !reached)
    return patient.wrong(subject, reached.error().message + "; start what should answer there, or correct [claude] " +
                                      (proxy ? "http_proxy, https_proxy or no_proxy" : "base_url") +
                                      ", or the machine's network and names");
  patient.well(subject, target->shown() + " can be reached" + way);
}

}  // namespace hive::host::cli
