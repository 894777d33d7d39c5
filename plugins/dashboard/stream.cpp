// The one event stream of a browser.
#include <hive/http/form.hpp>

#include <algorithm>

#include "dashboard.hpp"

namespace hive::dashboard {
namespace {

constexpr std::size_t kMostTopics = 256, kLongestTopic = 96, kMostFollowed = 256;
constexpr std::string_view kAgentTopic = "agent/";
constexpr milliseconds kLinger{30'000};  // an agent is still followed while its reader reconnects

bool is_topic(std::string_view text) {
  return !text.empty() && text.size() <= kLongestTopic && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '/';
  });
}

Result<std::set<std::string, std::less<>>> topics_of(const http::Request& request) {
  const auto query = http::query_of(request);
  if (!query) return query.error();
  const auto list = query->one("topics");
  if (!list) return list.error();
  std::set<std::string, std::less<>> out;
  for (std::size_t at = 0; at <= list->size();) {
    const auto end = std::min(list->find(',', at), list->size());
    const auto topic = list->substr(at, end - at);
    at = end + 1;
    if (!is_topic(topic)) return error(Code::invalid_params, "topics: one of them is not a topic like broker.sent");
    if (topic.starts_with(kAgentTopic) && !is_agent_name(topic.substr(kAgentTopic.size())))
      return error(Code::invalid_params, "topics: agent/ is followed by " + std::string(kAgentName));
    out.insert(topic);
    if (out.size() > kMostTopics) return error(Code::invalid_params, "topics: there are more than 256");
  }
  return out;
}

}  // namespace

void Dashboard::stream(Request request, http::Reply reply) {
  auto topics = topics_of(request);
  if (!topics) return reply.send(problem_of(topics.error()));
  auto session = gate_->session_of(request);
  if (!session) return reply.send(http::problem(401, "the session has just ended"));
  const std::string last_id(request.header("last-event-id").value_or(""));
  // shared_ptr: the feed sends through it and its end is told on another thread.
  const auto stream = std::make_shared<http::EventStream>(reply.stream());
  if (!stream->is_open()) return;  // gone already, or there are too many: that was answered
  const auto send = [stream, expires = session->expires](const http::Bytes& frame) {
    return wall_time() < expires && stream->send(frame);
  };
  const auto reader = feed_.join(std::move(*topics), last_id, send, std::move(session->id));
  stream->on_gone([this, reader] {
    host_.post([this, reader] {
      feed_.leave(reader);
      follow_agents();
    });
  });
  follow_agents();
}

void Dashboard::listen() {
  host_.subscribe_all([this](Stamp, EventText event) { feed_.publish(event.topic, event.payload); },
                      [this](const Error& why) {
                        if (why.code == Code::cancelled) return;
                        if (why.code != Code::busy) return host_.fail("the page shows no changes: " + why.message);
                        host_.warn("the page fell behind: " + why.message);
                        feed_.lose("events were lost inside the host");
                        host_.post([this] { listen(); });
                      });
}

/// Agents whose events somebody reads, at once; those that nobody reads any more are dropped in a while.
void Dashboard::follow_agents() {
  bool more = false;
  for (const auto& [topic, readers] : feed_.topics_with(kAgentTopic)) {
    if (followed_.size() >= kMostFollowed) break;
    more = followed_.insert(topic.substr(kAgentTopic.size())).second || more;
  }
  if (more) agent_pages_->follow(followed_);
  if (followed_.empty() || std::exchange(dropping_, true)) return;
  host_.after(kLinger, [this] { drop_unwanted(); });
}

void Dashboard::drop_unwanted() {
  dropping_ = false;
  const auto wanted = feed_.topics_with(kAgentTopic);
  const auto dropped = std::erase_if(followed_, [&](const std::string& name) {
    const auto topic = std::string(kAgentTopic) + name;
    if (wanted.contains(topic)) return false;
    feed_.forget(topic);
    return true;
  });
  if (dropped > 0) agent_pages_->follow(followed_);
  follow_agents();
}

}  // namespace hive::dashboard
