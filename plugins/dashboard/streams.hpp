#pragma once
#include <set>

#include "agent_pages.hpp"
#include "feed.hpp"
#include "gate.hpp"
#include "intake.hpp"

namespace hive::dashboard {

/// The one event stream of each browser: the hub's events, and those of the agents that somebody reads. [strand]
class Streams {
 public:
  /// `heard` is called with the topic of each event of the hub, and once whenever events were missed, with none.
  /// Errors: unavailable. [blocking]
  static Result<std::unique_ptr<Streams>> open(Host& host, Feed& feed, std::function<void(std::string_view)> heard);
  Streams(const Streams&) = delete;

  /// Begins to hear the hub.
  void listen();
  /// `GET /dashboard/stream?topics=`
  void serve(const Sessions& sessions, const http::Request& request, http::Reply reply);
  AgentPages& agents() { return *agents_; }
  std::size_t followed() const { return followed_.size(); }

 private:
  Streams(Host& host, Feed& feed, std::function<void(std::string_view)> heard)
      : host_(host), feed_(feed), heard_(std::move(heard)) {}
  Status open_agents();
  void lost(const Error& why);
  void follow_agents();
  void drop_unwanted();

  Host& host_;
  Feed& feed_;
  const std::function<void(std::string_view)> heard_;
  std::set<std::string> followed_;
  bool dropping_ = false;               // those that nobody reads, in a while
  std::unique_ptr<AgentPages> agents_;  // last: its thread uses all of the above
};

}  // namespace hive::dashboard
