// The parts of the page, and which of them answers what.
#include "dashboard.hpp"

#include <hive/os/files.hpp>

#include <boost/json.hpp>

namespace hive::dashboard {

using http::Request;
using http::Verb;

Status Dashboard::start() {
  if (auto fits = check(settings_); !fits) return fits;
  if (auto prepared = prepare(); !prepared) return prepared;
  answer_methods();
  streams_->listen();
  methods_.refresh();
  auto opened = port_->open();
  if (opened) return {};
  if (opened.error().code != Code::conflict)
    return error(opened.error().code, "the page is not served: " + opened.error().message);
  // What the other program serves there may run in a browser beside the session's key, and stay open.
  if (auto ended = sessions_->end_all(); !ended) return ended;
  port_->try_again(opened.error().message);
  return {};
}

Status Dashboard::prepare() {
  auto sessions = SessionRequests::open(host_, settings_, feed_);
  if (!sessions) return sessions.error();
  sessions_ = std::move(*sessions);
  if (auto loaded = load_pages(); !loaded) return loaded;
  gate_.emplace(sessions_->sessions(), *pages_);
  snapshot_.emplace(host_, [this](const host_api::Plugin& plugin) { return pages_->offer_panel(plugin); });
  const auto is_news = [](std::string_view topic) {
    return topic.empty() || topic == host_api::kAddressesChanged.topic;
  };
  auto streams = Streams::open(host_, feed_, [this, is_news](std::string_view topic) {
    if (is_news(topic)) methods_.refresh();
  });
  if (!streams) return streams.error();
  streams_ = std::move(*streams);
  agents_.emplace(host_, AgentRequests::Asks{*snapshot_, streams_->agents(), feed_});
  port_.emplace(host_, settings_,
                Port::Answers{.check = [this](const Request& request) { return gate_->check(request); },
                              .not_found = [this](const Request& request) { return not_found(request); },
                              .routes = [this] { return routes(); }});
  return {};
}

Status Dashboard::load_pages() {
  const auto run = host_.root() / "run";
  const auto folder = os::open_folder(run);
  if (!folder) return folder.error();
  auto hive = read_or_make_key(folder->get(), "hive.id");
  if (!hive) return error(hive.error().code, run.string() + "/" + hive.error().message);
  auto pages = Pages::load(host_.share() / "web",
                           {.label = settings_.label,
                            .hive = keyed_hash(*hive, "name").substr(0, 16),
                            .password = sessions_->has_password() ? Pages::Password::wanted : Pages::Password::none});
  if (!pages) return pages.error();
  pages_.emplace(std::move(*pages));
  if (!pages_->is_built()) host_.warn((host_.share() / "web").string() + " is not there: the page is not served");
  return {};
}

void Dashboard::answer_methods() {
  host_.answer(http_api::kOpen, [this](Caller, None) -> Result<http_api::OneTimeAddress> {
    const auto url = port_->url();
    if (!url) return url.error();
    return sessions_->open_address(*url);
  });
  host_.answer(http_api::kPasswordLine,
               [this](Caller, http_api::NewPassword wanted) { return sessions_->password_line(std::move(wanted)); });
  host_.answer(http_api::kServing, [this](Caller, None) -> Result<http_api::Serving> { return port_->serving(); });
}

/// All of them stand in http_api::kOwnAddresses, but for those that methods name.
http::Routes Dashboard::routes() {
  http::Routes routes;
  add_public(routes);
  const auto on = [&](Verb verb, std::string_view path, auto& part, auto answer) {
    routes.on(verb, path,
              intake_.answered([&part, answer](Request request) { return (part.*answer)(std::move(request)); }));
  };
  on(Verb::post, "/open/{code}", *sessions_, &SessionRequests::enrol);
  on(Verb::post, "/sign-in", *sessions_, &SessionRequests::sign_in);
  on(Verb::post, "/sign-out", *sessions_, &SessionRequests::sign_out);
  on(Verb::get, "/metrics", *this, &Dashboard::metrics);
  on(Verb::get, "/api/state", *this, &Dashboard::state);
  on(Verb::post, "/api/call/{method}", methods_, &MethodRoutes::call);
  on(Verb::get, "/agent/{name}/api/state", *agents_, &AgentRequests::state);
  on(Verb::get, "/agent/{name}/events/history", *agents_, &AgentRequests::history);
  on(Verb::get, "/agent/{name}/api/stats", *agents_, &AgentRequests::stats);
  routes.on(Verb::get, "/dashboard/stream", intake_.on_strand([this](Request request, http::Reply reply) {
    streams_->serve(sessions_->sessions(), request, std::move(reply));
  }));
  methods_.mount([&](Verb verb, std::string_view path, std::function<Answer(Request)> answer) {
    auto with_it = routes;
    with_it.on(verb, path, intake_.answered(std::move(answer)));
    if (with_it.check()) routes = std::move(with_it);  // else its place is taken
  });
  return routes;
}

/// Answered where they arrive: nothing of them needs the strand, and none needs a session.
void Dashboard::add_public(http::Routes& routes) {
  const auto at_once = [&routes](Verb verb, std::string_view path, std::function<http::Response(const Request&)> make) {
    routes.on(verb, path,
              [make = std::move(make)](const Request& request, http::Reply reply) { reply.send(make(request)); });
  };
  at_once(Verb::get, "/", [this](const Request& request) { return pages_->dashboard(request); });
  at_once(Verb::get, "/open/{code}", [this](const Request& request) { return pages_->open(request); });
  at_once(Verb::get, "/assets/{path*}", [this](const Request& request) { return pages_->asset(request); });
  at_once(Verb::get, "/healthz", [](const Request&) { return http::plain_text("ok\n"); });
  at_once(Verb::get, "/agent/{name}", [](const Request& request) { return http::redirect(request.path + "/"); });
  at_once(Verb::get, "/agent/{name}/", [this](const Request& request) {
    if (is_agent_name(request.parameter("name"))) return pages_->agent(request);
    return gate_->not_found(request, "No agent can have this name; it is " + std::string(kAgentName) + ".");
  });
  at_once(Verb::post, "/session", [this](const Request& request) { return sessions_->greet(request); });
}

/// Nothing is said to be nowhere before it is known what there is.
http::Response Dashboard::not_found(const Request& request) const {
  if (!methods_.are_known()) return http::problem(Code::unavailable, "the hive is starting; try again in a moment");
  return gate_->not_found(request, "There is nothing at this address.");
}

Answer Dashboard::state(Request) {
  auto head = write_json(mark_of(feed_));  // before the rest: what happens meanwhile comes as an event too
  head.back() = ',';
  auto taking = snapshot_->take();
  auto rest = co_await std::move(taking);
  co_return http::json_text(head + rest + "}");
}

Answer Dashboard::metrics(Request) {
  const auto figures = port_->figures();
  std::string out;
  const auto add = [&out](std::string_view name, std::string_view type, std::string_view help, std::uint64_t value) {
    const auto full = "hive_http_" + std::string(name);
    out += "# HELP " + full + " " + std::string(help) + "\n# TYPE " + full + " " + std::string(type) + "\n" + full +
           " " + std::to_string(value) + "\n";
  };
  add("connections", "gauge", "Connections that are open.", figures.connections);
  add("streams", "gauge", "Event streams that are open.", figures.streams);
  add("unsent_bytes", "gauge", "Bytes that clients have not taken yet.", figures.unsent_bytes);
  add("requests_total", "counter", "Requests that were whole.", figures.requests);
  add("refused_total", "counter", "Requests that the gate answered.", figures.refused);
  add("cut_total", "counter", "Readers that were too slow.", figures.cut);
  add("open_requests", "gauge", "Requests that wait for their answers.", intake_.open());
  add("events_total", "counter", "Events that were put into the stream.", feed_.last());
  add("followed_agents", "gauge", "Agents whose live events are read.", streams_->followed());
  co_return http::Response{.type = "text/plain; version=0.0.4; charset=utf-8", .body = std::move(out)};
}

}  // namespace hive::dashboard
