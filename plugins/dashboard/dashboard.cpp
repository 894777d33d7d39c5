// Start, end and the way of a request; what is answered stands in requests.cpp, agent_requests.cpp and stream.cpp.
#include "dashboard.hpp"

#include <hive/http/form.hpp>
#include <hive/os/files.hpp>

#include <arpa/inet.h>

#include <algorithm>

namespace hive::dashboard {
namespace {

constexpr std::size_t kMostOpenRequests = 256;
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

bool is_loopback(const std::string& address) {
  in_addr four{};
  in6_addr six{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  return ::inet_pton(AF_INET6, address.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/// `host` or `host:port` of a URL without a path; empty when it is none.
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

/// Without the port.
std::string name_in(const std::string& authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

/// Browsers take these names for both 127.0.0.1 and ::1, of which the host listens at one: any program may have the
/// other.
bool is_name_of_loopback(std::string_view name) {
  return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace

const Dashboard::Action Dashboard::kActions[] = {
    {"/op-send", "broker.send"},
    {"/start/{name}", "lifecycle.start"},
    {"/kill/{name}", "lifecycle.stop"},
    {"/restart/{name}", "lifecycle.restart"},
    {"/rebuild/{name}", "lifecycle.rebuild"},
    {"/update-all", "lifecycle.update_all"},
    {"/destroy/{name}", "lifecycle.destroy"},
    {"/purge-tombstone/{name}", "lifecycle.purge_tombstone"},
    {"/pause", "turns.pause"},
    {"/resume", "turns.resume"},
};

const Dashboard::Route Dashboard::kRoutes[] = {
    {http::Verb::post, "/open/{code}", &Dashboard::enrol},
    {http::Verb::post, "/sign-in", &Dashboard::sign_in},
    {http::Verb::post, "/sign-out", &Dashboard::sign_out},
    {http::Verb::get, "/metrics", &Dashboard::metrics},
    {http::Verb::get, "/api/state", &Dashboard::state},
    {http::Verb::get, "/dashboard/history", &Dashboard::history},
    {http::Verb::get, "/api/journal/{name}", &Dashboard::journal},
    {http::Verb::get, "/api/agent-config/{name}", &Dashboard::agent_config},
    {http::Verb::get, "/api/state-file", &Dashboard::state_file},
    {http::Verb::post, "/api/call/{method}", &Dashboard::call},
    {http::Verb::get, "/agent/{name}/api/state", &Dashboard::agent_state},
    {http::Verb::get, "/agent/{name}/events/history", &Dashboard::agent_history},
    {http::Verb::get, "/agent/{name}/api/stats", &Dashboard::agent_stats},
    {http::Verb::post, "/agent/{name}/send", &Dashboard::agent_send},
    {http::Verb::post, "/agent/{name}/api/cancel", &Dashboard::agent_cancel},
    {http::Verb::post, "/agent/{name}/api/compact", &Dashboard::agent_compact},
    {http::Verb::post, "/agent/{name}/api/model", &Dashboard::agent_model},
    {http::Verb::post, "/agent/{name}/api/new-session", &Dashboard::agent_new_session},
};

Status Dashboard::start() {
  if (auto fits = check_settings(); !fits) return fits;
  if (auto prepared = prepare(); !prepared) return prepared;
  if (auto opened = open_agent_pages(); !opened) return opened;
  host_.answer(http_api::kOpen, [this](Caller, None) { return open_address(); });
  host_.answer(http_api::kPasswordLine,
               [this](Caller, http_api::NewPassword wanted) { return password_line(std::move(wanted)); });
  host_.answer(http_api::kServing, [this](Caller, None) -> Result<http_api::Serving> { return serving(); });
  listen();
  auto opened = open_server();
  if (opened) return {};
  if (opened.error().code != Code::conflict)
    return error(opened.error().code, "the page is not served: " + opened.error().message);
  // What the other program serves there may run in a browser beside the session's key, and stay open.
  if (auto ended = sessions_->end_all(); !ended) return ended;
  why_not_served_ = opened.error().message + "; it is tried again";
  host_.warn("the page is not served yet, and every browser has to sign in again: " + why_not_served_);
  host_.spawn(await_port());
  return {};
}

/// Another program has the port: that costs the page and nothing else.
Task<> Dashboard::await_port() {
  auto wait = kFirstRetry;
  for (int left = kMostRetries; left > 0; --left) {
    auto slept = co_await host_.sleep(wait);
    if (!slept) co_return;
    wait = std::min(wait * 2, kLongestRetry);
    auto opened = open_server();
    if (opened) co_return;
    why_not_served_ = opened.error().message;
    if (opened.error().code != Code::conflict) break;
    if (left > 1) why_not_served_ += "; it is tried again";
  }
  why_not_served_ += "; then run `hive-c0re host reload dashboard`";
  host_.fail("the page is not served: " + why_not_served_);
}

http_api::Serving Dashboard::serving() const {
  http_api::Serving out{.served = server_ != nullptr, .address = settings_.address, .port = settings_.port};
  if (server_) out.port = server_->port();
  if (!server_) out.reason = why_not_served_;
  return out;
}

/// The grace is short, because clients that are still owed an answer wait for the strand that this runs on.
Dashboard::~Dashboard() {
  if (server_) server_->stop(kStopGrace);
}

Status Dashboard::check_settings() const {
  if (!is_loopback(settings_.address) && !settings_.password_file)
    return error(Code::invalid_params, "[plugins.dashboard] address = \"" + settings_.address +
                                           "\" can be reached from other machines; set password_file, or bind to "
                                           "127.0.0.1");
  if (settings_.url && authority_of(*settings_.url).empty())
    return error(Code::invalid_params,
                 "[plugins.dashboard] url = \"" + *settings_.url + "\" is not an address like https://hive.lan");
  if (settings_.url && settings_.url->starts_with("http://") &&
      is_name_of_loopback(name_in(authority_of(*settings_.url))))
    return error(Code::invalid_params, "[plugins.dashboard] url = \"" + *settings_.url +
                                           "\" is a name under which another program of this machine may answer too; "
                                           "use the address itself, or the name of a proxy with TLS");
  return {};
}

Status Dashboard::prepare() {
  if (settings_.password_file) {
    const auto line = os::read_file(*settings_.password_file, 4'096);
    if (!line) return line.error();
    auto hash = PasswordHash::parse(*line);
    if (!hash) return error(hash.error().code, *settings_.password_file + ": " + hash.error().message);
    password_.emplace(std::move(*hash));
  }
  auto folder = os::open_folder(host_.root() / "run");
  if (!folder) return folder.error();
  auto key = read_or_make_key(folder->get(), "operator.key");
  if (!key) return error(key.error().code, (host_.root() / "run").string() + "/" + key.error().message);
  auto hive = read_or_make_key(folder->get(), "hive.id");
  if (!hive) return error(hive.error().code, (host_.root() / "run").string() + "/" + hive.error().message);
  std::string told;
  // Another password, or another origin for the browsers, ends the sessions that were begun under the last one.
  const auto port = settings_.port == 0 ? random_text(16) : std::to_string(settings_.port);
  auto sessions = Sessions::open(
      {.fits = keyed_hash(*key, "sessions " + settings_.address + " " + port + " " + settings_.url.value_or("") + " " +
                                    (password_ ? password_->line() : "")),
       .lifetime = std::chrono::hours(24 * settings_.session_days),
       .folder = std::move(*folder)},
      told);
  if (!sessions) return sessions.error();
  if (!told.empty()) host_.warn(told);
  sessions_ = std::move(*sessions);
  auto pages =
      Pages::load(host_.share() / "web", {.label = settings_.label,
                                          .hive = keyed_hash(*hive, "name").substr(0, 16),
                                          .password = password_ ? Pages::Password::wanted : Pages::Password::none});
  if (!pages) return pages.error();
  pages_.emplace(std::move(*pages));
  if (!pages_->is_built()) host_.warn((host_.share() / "web").string() + " is not there: the page is not served");
  gate_.emplace(*sessions_, *pages_);
  snapshot_.emplace(host_, [this](const host_api::Plugin& plugin) { return pages_->offer_panel(plugin); });
  return {};
}

Status Dashboard::open_agent_pages() {
  AgentPages::Options options;
  options.agents = host_.root() / "run" / "agents";
  options.on_event = [this](std::string name, std::string event) {
    host_.post([this, name = std::move(name), event = std::move(event)] {
      if (followed_.contains(name)) feed_.publish("agent/" + name, event);
    });
  };
  options.on_gap = [this](std::string name) {
    host_.post([this, name = std::move(name)] { feed_.resync("agent/" + name, "events of " + name + " were missed"); });
  };
  options.log = [this](const std::string& words) { host_.warn(words); };
  auto opened = AgentPages::open(std::move(options));
  if (!opened) return opened.error();
  agent_pages_ = std::move(*opened);
  return {};
}

Status Dashboard::open_server() {
  http::ServerOptions options;
  options.address = settings_.address;
  options.port = std::uint16_t(settings_.port);
  options.hosts = settings_.hosts;
  if (settings_.url) options.hosts.push_back(name_in(authority_of(*settings_.url)));
  options.headers = kHeaders;
  options.check = [this](const Request& request) { return gate_->check(request); };
  options.not_found = [this](const Request& request) {
    return gate_->not_found(request, "There is nothing at this address.");
  };
  options.log = [this](abi::Level level, std::string_view words) { host_.raw().log(level, words); };
  auto server = http::Server::open(std::move(options), routes());
  if (!server) return error(server.error().code, server.error().message + " under [plugins.dashboard]");
  server_ = std::move(*server);
  host_.info("the page is served at " + settings_.address + " port " + std::to_string(server_->port()) +
             "; `hive-c0re open` gives an address that signs a browser in");
  return {};
}

http::Routes Dashboard::routes() {
  http::Routes routes;
  using http::Verb;
  // Answered where they arrive: nothing of them needs the strand.
  const auto at_once = [&routes](std::string_view pattern, std::function<http::Response(const Request&)> answer) {
    routes.on(Verb::get, pattern,
              [answer = std::move(answer)](const Request& request, http::Reply reply) { reply.send(answer(request)); });
  };
  at_once("/", [this](const Request& request) { return pages_->dashboard(request); });
  at_once("/open/{code}", [this](const Request& request) { return pages_->open(request); });
  at_once("/assets/{path*}", [this](const Request& request) { return pages_->asset(request); });
  at_once("/healthz", [](const Request&) { return http::plain_text("ok\n"); });
  at_once("/agent/{name}", [](const Request& request) { return http::redirect(request.path + "/"); });
  at_once("/agent/{name}/", [this](const Request& request) {
    if (is_agent_name(request.parameter("name"))) return pages_->agent(request);
    return gate_->not_found(request, "No agent can have this name; it is " + std::string(kAgentName) + ".");
  });
  routes.on(Verb::post, "/session", [this](const Request& request, http::Reply reply) { reply.send(greet(request)); });
  routes.on(Verb::get, "/dashboard/stream",
            on_strand([this](Request request, http::Reply reply) { stream(std::move(request), std::move(reply)); }));
  for (const auto& route : kRoutes) on(routes, route.verb, route.pattern, route.handler);
  for (const auto& action : kActions)
    on(routes, Verb::post, action.pattern,
       [this, &action](Request request) { return act(std::move(request), action); });
  return routes;
}

void Dashboard::on(http::Routes& routes, http::Verb verb, std::string_view pattern, Handler handler) {
  on(routes, verb, pattern, [this, handler](Request request) { return (this->*handler)(std::move(request)); });
}

void Dashboard::on(http::Routes& routes, http::Verb verb, std::string_view pattern,
                   std::function<Answer(Request)> handler) {
  routes.on(verb, pattern, on_strand([this, handler = std::move(handler)](Request request, http::Reply reply) {
              take(handler, std::move(request), std::move(reply));
            }));
}

/// Requests come on the server's threads, also while the plugin stops.
http::Handler Dashboard::on_strand(std::function<void(Request, http::Reply)> answer) {
  return [this, answer = std::move(answer)](Request request, http::Reply reply) {
    host_.post([this, &answer, request = std::move(request), reply = std::move(reply)]() mutable {
      if (host_.is_stopping())
        return reply.send(http::problem(Code::unavailable, "the dashboard is stopping; try again later"));
      answer(std::move(request), std::move(reply));
    });
  };
}

void Dashboard::take(const std::function<Answer(Request)>& handler, Request request, http::Reply reply) {
  if (open_requests_ >= kMostOpenRequests)
    return reply.send(http::problem(Code::busy, "too many requests wait for their answers; try again"));
  host_.spawn(serve(handler, std::move(request), std::move(reply)));
}

Task<> Dashboard::serve(std::function<Answer(Request)> handler, Request request, http::Reply reply) {
  ++open_requests_;
  try {
    auto answer = handler(std::move(request));
    auto response = co_await std::move(answer);
    reply.send(response ? std::move(*response) : problem_of(response.error()));
  } catch (const std::exception& thrown) {
    host_.fail(std::string("a request failed: ") + thrown.what());
    reply.send(http::problem(Code::internal, "the host failed at this; its log says why"));
  }
  --open_requests_;
}

http::Response problem_of(const Error& why) {
  // A decoder's sentence begins with the path of what it is about.
  const auto end = why.message.find(": ");
  const auto path = std::string_view(why.message).substr(0, end);
  const bool names =
      why.code == Code::invalid_params && end != why.message.npos && !path.empty() &&
      std::all_of(path.begin(), path.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '[' || c == ']';
      });
  return http::problem(why, names ? path : std::string_view());
}

}  // namespace hive::dashboard
