#include "port.hpp"

#include <algorithm>

namespace hive::dashboard {
namespace {

constexpr std::chrono::milliseconds kStopGrace{50};
constexpr milliseconds kFirstRetry{250}, kLongestRetry{2'000};
constexpr int kMostRetries = 12;

// No inline script or style, nothing from elsewhere, in no frame.
const std::vector<http::Header> kHeaders{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
     "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Frame-Options", "DENY"}};

/// Where a browser on this machine reaches what is bound to `address`.
std::string host_for(const std::string& address) {
  if (address == "0.0.0.0") return "127.0.0.1";
  if (address == "::") return "[::1]";
  return address.find(':') == address.npos ? address : "[" + address + "]";
}

}  // namespace

/// The grace is short, because clients that are still owed an answer wait for the strand that this runs on.
Port::~Port() {
  if (server_) server_->stop(kStopGrace);
}

Status Port::open() {
  http::ServerOptions options;
  options.address = settings_.address;
  options.port = std::uint16_t(settings_.port);
  options.hosts = settings_.hosts;
  if (settings_.url) options.hosts.push_back(name_in(authority_of(*settings_.url)));
  options.headers = kHeaders;
  options.check = answers_.check;
  options.not_found = answers_.not_found;
  options.log = [this](abi::Level level, std::string_view words) { host_.raw().log(level, words); };
  auto server = http::Server::open(std::move(options), answers_.routes());
  if (!server) return error(server.error().code, server.error().message + " under [plugins.dashboard]");
  server_ = std::move(*server);
  host_.info("the page is served at " + settings_.address + " port " + std::to_string(server_->port()) +
             "; `hive-c0re open` gives an address that signs a browser in");
  return {};
}

void Port::try_again(const std::string& why_not) {
  why_not_served_ = why_not + "; it is tried again";
  host_.warn("the page is not served yet, and every browser has to sign in again: " + why_not_served_);
  host_.spawn(await_it());
}

Task<> Port::await_it() {
  auto wait = kFirstRetry;
  for (int left = kMostRetries; left > 0; --left) {
    auto slept = co_await host_.sleep(wait);
    if (!slept) co_return;
    wait = std::min(wait * 2, kLongestRetry);
    auto opened = open();
    if (opened) co_return;
    why_not_served_ = opened.error().message;
    if (opened.error().code != Code::conflict) break;
    if (left > 1) why_not_served_ += "; it is tried again";
  }
  why_not_served_ += "; then run `hive-c0re host reload dashboard`";
  host_.fail("the page is not served: " + why_not_served_);
}

void Port::mount() {
  if (server_) server_->mount(answers_.routes());
}

http_api::Serving Port::serving() const {
  http_api::Serving out{.served = server_ != nullptr, .address = settings_.address, .port = settings_.port};
  if (server_) out.port = server_->port();
  if (!server_) out.reason = why_not_served_;
  return out;
}

Result<std::string> Port::url() const {
  if (!server_) return error(Code::unavailable, "the page is not served: " + why_not_served_);
  if (!settings_.url) return "http://" + host_for(settings_.address) + ":" + std::to_string(server_->port());
  return settings_.url->ends_with('/') ? settings_.url->substr(0, settings_.url->size() - 1) : *settings_.url;
}

}  // namespace hive::dashboard
