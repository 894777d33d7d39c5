#include "streams.hpp"

#include <hive/http/form.hpp>

#include <algorithm>

namespace hive::dashboard {
namespace {

constexpr std::size_t kMostTopics = 256, kLongestTopic = 96, kMostFollowed = 256;
constexpr std::string_view kAgentTopic = "agent/";
constexpr milliseconds kLinger{30'000};  // an agent is still followed while its reader reconnects

std::string topic_of(const std::string& agent) {
  return std::string(kAgentTopic) + agent;
}

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
    if (!is_topic(topic)) return error(Code::invalid_params, "topics: one of them is not a topic like role.fact");
    if (topic.starts_with(kAgentTopic) && !is_agent_name(topic.substr(kAgentTopic.size())))
      return error(Code::invalid_params, "topics: agent/ is followed by " + std::string(kAgentName));
    out.insert(topic);
    if (out.size() > kMostTopics) return error(Code::invalid_params, "topics: there are more than 256");
  }
  return out;
}

}  // namespace

Result<std::unique_ptr<Streams>> Streams::open(Host& host, Feed& feed, std::function<void(std::string_view)> heard) {
  std::unique_ptr<Streams> out(new Streams(host, feed, std::move(heard)));
  if (auto opened = out->open_agents(); !opened) return opened.error();
  return out;
}

Status Streams::open_agents() {
  AgentPages::Options options;
  options.agents = host_.root() / "run" / "agents";
  options.on_event = [this](std::string name, std::string event) {
    host_.post([this, name = std::move(name), event = std::move(event)] {
      if (followed_.contains(name)) feed_.publish(topic_of(name), event);
    });
  };
  options.on_gap = [this](std::string name) {
    host_.post([this, name = std::move(name)] { feed_.resync(topic_of(name), "events of " + name + " were missed"); });
  };
  options.log = [this](const std::string& words) { host_.warn(words); };
  auto opened = AgentPages::open(std::move(options));
  if (!opened) return opened.error();
  agents_ = std::move(*opened);
  return {};
}

void Streams::listen() {
  host_.subscribe_all(
      [this](Stamp, EventText event) {
        feed_.publish(event.topic, event.payload);
        heard_(event.topic);
      },
      [this](const Error& why) { lost(why); });
}

void Streams::lost(const Error& why) {
  if (why.code == Code::cancelled) return;
  if (why.code != Code::busy) return host_.fail("the page shows no changes: " + why.message);
  host_.warn("the page fell behind: " + why.message);
  feed_.lose("events were lost inside the host");
  host_.post([this] {
    listen();
    heard_({});
  });
}

void Streams::serve(const Sessions& sessions, const http::Request& request, http::Reply reply) {
  auto topics = topics_of(request);
  if (!topics) return reply.send(problem_of(topics.error()));
  auto session = session_of(request, sessions);
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

/// Agents whose events somebody reads, at once; those that nobody reads any more are dropped in a while.
void Streams::follow_agents() {
  bool more = false;
  for (const auto& [topic, readers] : feed_.topics_with(kAgentTopic)) {
    if (followed_.size() >= kMostFollowed) break;
    more = followed_.insert(topic.substr(kAgentTopic.size())).second || more;
  }
  if (more) agents_->follow(followed_);
  if (followed_.empty() || std::exchange(dropping_, true)) return;
  host_.after(kLinger, [this] { drop_unwanted(); });
}

void Streams::drop_unwanted() {
  dropping_ = false;
  const auto wanted = feed_.topics_with(kAgentTopic);
  const auto dropped = std::erase_if(followed_, [&](const std::string& name) {
    const auto topic = topic_of(name);
    if (wanted.contains(topic)) return false;
    feed_.forget(topic);
    return true;
  });
  if (dropped > 0) agents_->follow(followed_);
  follow_agents();
}

}  // namespace hive::dashboard
