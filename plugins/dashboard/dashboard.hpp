#pragma once
#include <hive/http/server.hpp>
#include <hive/sdk/contracts/http.hpp>
#include <hive/sdk/host.hpp>

#include "agent_pages.hpp"
#include "feed.hpp"
#include "gate.hpp"
#include "secrets.hpp"
#include "settings.hpp"
#include "snapshot.hpp"

namespace hive::dashboard {

/// With the member that a decoder's sentence is about as `field`. [any-thread]
http::Response problem_of(const Error& why);

/// Role `http`: the operator's page. It knows no other plugin's business: what it shows are the lists and events that
/// plugins offer, what it does are their methods, called as the operator; who is the operator is all that it decides.
///
/// Requests come on the server's threads, pass the gate there, and are answered on the strand. [strand]
class Dashboard {
 public:
  using Settings = dashboard::Settings;
  Dashboard(Host& host, Settings settings) : host_(host), settings_(std::move(settings)) {}
  ~Dashboard();
  Status start();

 private:
  using Request = http::Request;
  using Answer = Task<Result<http::Response>>;
  using Handler = Answer (Dashboard::*)(Request);

  /// A POST that is one method's; what the path's parameters match are members of its params.
  struct Action {
    std::string_view pattern, method;
  };
  static const Action kActions[];
  struct Route {
    http::Verb verb;
    std::string_view pattern;
    Handler handler;
  };
  static const Route kRoutes[];

  Status check_settings() const;
  Status prepare();
  Status open_server();
  Task<> await_port();
  Status open_agent_pages();
  http::Routes routes();
  void on(http::Routes& routes, http::Verb verb, std::string_view pattern, Handler handler);
  void on(http::Routes& routes, http::Verb verb, std::string_view pattern, std::function<Answer(Request)> handler);
  http::Handler on_strand(std::function<void(Request, http::Reply)> answer);
  void take(const std::function<Answer(Request)>& handler, Request request, http::Reply reply);
  Task<> serve(std::function<Answer(Request)> handler, Request request, http::Reply reply);

  Result<http_api::OneTimeAddress> open_address();
  Task<Result<http_api::PasswordLine>> password_line(http_api::NewPassword wanted);
  http_api::Serving serving() const;
  Task<Result<json::object>> begin_session(std::string secret, std::string name, std::string nonce);
  Answer enrol(Request request);
  http::Response greet(const Request& request) const;
  Answer sign_in(Request request);
  Answer sign_out(Request request);

  Answer state(Request request);
  Answer history(Request request);
  Answer journal(Request request);
  Answer agent_config(Request request);
  Answer state_file(Request request);
  Answer call(Request request);
  Answer metrics(Request request);
  Answer act(Request request, const Action& action);
  Answer pass_on(std::string method, json::object params);

  Answer agent_state(Request request);
  Answer agent_history(Request request);
  Answer agent_send(Request request);
  Answer agent_cancel(Request request) { return agent_command(std::move(request), "cancel"); }
  Answer agent_compact(Request request) { return agent_command(std::move(request), "compact"); }
  Answer agent_stats(Request request);
  Answer agent_model(Request request);
  Answer agent_new_session(Request request) { return agent_command(std::move(request), "new_session"); }
  Answer agent_command(Request request, std::string_view kind);
  template <class P, class R>
  Answer from_agent(Request request, const Method<P, R>& method, P params);
  template <class P, class R>
  Task<Result<std::string>> ask_agent(std::string name, const Method<P, R>& method, P params);

  void stream(Request request, http::Reply reply);
  void listen();
  void follow_agents();
  void drop_unwanted();
  json::object mark() const;

  Host& host_;
  const Settings settings_;
  std::optional<PasswordHash> password_;
  std::unique_ptr<Sessions> sessions_;
  std::optional<Pages> pages_;
  std::optional<Gate> gate_;
  std::optional<Snapshot> snapshot_;
  Feed feed_;
  OpenCodes codes_;
  Attempts attempts_{5, std::chrono::seconds(12)};
  std::string why_not_served_;
  bool told_of_tries_ = false;  // since one was let through
  std::size_t open_requests_ = 0;
  std::set<std::string> followed_;
  bool dropping_ = false;  // those that nobody reads, in a while
  std::unique_ptr<AgentPages> agent_pages_;
  std::unique_ptr<http::Server> server_;  // last: its threads use all of the above
};

}  // namespace hive::dashboard
