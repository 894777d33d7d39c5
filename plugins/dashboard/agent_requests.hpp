#pragma once
#include "agent_pages.hpp"
#include "feed.hpp"
#include "intake.hpp"
#include "snapshot.hpp"

namespace hive::dashboard {

/// The number of the last event, as a state that is read from now on has it.
json::object mark_of(const Feed& feed);

/// What an agent's page asks for beside methods. Of the agent comes data alone. [strand]
class AgentRequests {
 public:
  struct Asks {
    Snapshot& snapshot;
    AgentPages& pages;
    const Feed& feed;
  };
  /// What is asked must outlive this.
  AgentRequests(Host& host, Asks asks) : host_(host), asks_(asks) {}
  AgentRequests(const AgentRequests&) = delete;

  Answer state(http::Request request);
  Answer history(http::Request request);
  Answer stats(http::Request request);

 private:
  template <class P, class R>
  Answer pass_on(http::Request request, const Method<P, R>& method);
  template <class P, class R>
  Task<Result<std::string>> ask(std::string name, const Method<P, R>& method, P params);

  Host& host_;
  const Asks asks_;
};

}  // namespace hive::dashboard
