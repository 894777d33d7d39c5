#pragma once
#include "agent_requests.hpp"
#include "method_routes.hpp"
#include "port.hpp"
#include "session_requests.hpp"
#include "streams.hpp"

namespace hive::dashboard {

/// Role `http`: the operator's page. It knows no other plugin: what it shows are the lists and events that plugins
/// offer, what it does are their methods, called as the operator; who is the operator is all that it decides.
///
/// Requests come on the server's threads, pass the gate there, and are answered on the strand. This class holds the
/// parts together. [strand]
class Dashboard {
 public:
  using Settings = dashboard::Settings;
  Dashboard(Host& host, Settings settings) : host_(host), settings_(std::move(settings)) {}
  Dashboard(const Dashboard&) = delete;
  Status start();

 private:
  Status prepare();
  Status load_pages();
  void answer_methods();
  http::Routes routes();
  void add_public(http::Routes& routes);
  http::Response not_found(const http::Request& request) const;
  Answer state(http::Request request);
  Answer metrics(http::Request request);

  Host& host_;
  const Settings settings_;
  Feed feed_;
  Intake intake_{host_};
  MethodRoutes methods_{host_, [this] { port_->mount(); }};
  std::unique_ptr<SessionRequests> sessions_;
  std::optional<Pages> pages_;
  std::optional<Gate> gate_;
  std::optional<Snapshot> snapshot_;
  std::unique_ptr<Streams> streams_;
  std::optional<AgentRequests> agents_;
  std::optional<Port> port_;  // last: the server's threads use all of the above
};

}  // namespace hive::dashboard
