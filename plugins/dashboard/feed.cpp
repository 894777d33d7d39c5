#include "feed.hpp"

#include <hive/http/reply.hpp>
#include <hive/json_text/json_text.hpp>

#include <algorithm>
#include <charconv>

#include "secrets.hpp"

namespace hive::dashboard {
namespace {

constexpr std::size_t kEpochBytes = 9, kMostForgotten = 1'000;

}  // namespace

http::Bytes resync_frame(std::string_view reason) {
  return http::event("", "resync", R"({"reason":)" + json_text::quote(reason) + "}");
}

// Another one in each life: numbers begin anew.
Feed::Feed(FeedLimits limits) : limits_(limits), epoch_(random_text(kEpochBytes)) {}

void Feed::publish(std::string_view topic, std::string_view payload) {
  const auto number = ++last_;
  const Frame frame{number, http::event(epoch_ + "-" + std::to_string(number), topic, payload)};
  keep(topic, frame);
  tell(topic, frame.bytes);
}

void Feed::keep(std::string_view topic, const Frame& frame) {
  auto found = rings_.find(topic);
  if (found == rings_.end()) {
    found = rings_.emplace(topic, Ring{}).first;
    const auto gone = forgotten_.find(topic);
    if (gone != forgotten_.end()) found->second.dropped = gone->second;
  }
  auto& ring = found->second;
  ring.frames.push_back(frame);
  ring.bytes += frame.bytes->size();
  while (ring.frames.size() > limits_.topic_frames || ring.bytes > limits_.topic_bytes) {
    ring.dropped = ring.frames.front().number;
    ring.bytes -= ring.frames.front().bytes->size();
    ring.frames.pop_front();
  }
}

void Feed::tell(std::string_view topic, const http::Bytes& frame) {
  const auto found = by_topic_.find(topic);
  if (found == by_topic_.end()) return;
  std::vector<Reader> gone;
  for (const auto reader : found->second)
    if (!readers_.at(reader).send(frame)) gone.push_back(reader);
  for (const auto reader : gone) leave(reader);
}

std::string Feed::missed(const Entry& entry, std::string_view last_id, std::vector<Frame>& out) const {
  const auto dash = last_id.rfind('-');
  std::uint64_t seen = 0;
  if (dash == last_id.npos || last_id.substr(0, dash) != epoch_) return "the host was started anew";
  const auto number = last_id.substr(dash + 1);
  const auto read = std::from_chars(number.data(), number.data() + number.size(), seen);
  if (read.ec != std::errc{} || read.ptr != number.data() + number.size() || seen > last_)
    return "no such event was sent";
  if (seen < lost_) return "events were lost inside the host";
  std::size_t bytes = 0;
  for (const auto& topic : entry.topics) {
    if (const auto gone = forgotten_.find(topic); gone != forgotten_.end() && gone->second > seen)
      return "what was missed is not kept";
    const auto ring = rings_.find(topic);
    if (ring == rings_.end()) continue;
    if (ring->second.dropped > seen) return "what was missed is not kept any more";
    for (const auto& frame : ring->second.frames) {
      if (frame.number <= seen) continue;
      bytes += frame.bytes->size();
      out.push_back(frame);
    }
  }
  if (bytes > limits_.replay_bytes) return "more was missed than is sent at once";
  std::sort(out.begin(), out.end(), [](const Frame& a, const Frame& b) { return a.number < b.number; });
  return {};
}

Feed::Reader Feed::join(std::set<std::string, std::less<>> topics, std::string_view last_id, Send send,
                        std::string session) {
  const auto reader = next_reader_++;
  Entry entry{std::move(topics), std::move(send), std::move(session)};
  std::vector<Frame> replay;
  bool there = true;
  if (!last_id.empty()) {
    const auto why = missed(entry, last_id, replay);
    if (!why.empty()) replay.clear(), there = entry.send(resync_frame(why));
    for (const auto& frame : replay) there = there && entry.send(frame.bytes);
  }
  if (!there) return reader;  // leaving it is nothing
  for (const auto& topic : entry.topics) by_topic_[topic].insert(reader);
  readers_.emplace(reader, std::move(entry));
  return reader;
}

void Feed::leave(Reader reader) {
  const auto entry = readers_.extract(reader);
  if (!entry) return;
  for (const auto& topic : entry.mapped().topics) {
    const auto found = by_topic_.find(topic);
    found->second.erase(reader);
    if (found->second.empty()) by_topic_.erase(found);
  }
}

template <class Condition>
void Feed::leave_if(Condition is_over) {
  std::vector<Reader> gone;
  for (const auto& [reader, entry] : readers_)
    if (is_over(entry)) gone.push_back(reader);
  for (const auto reader : gone) leave(reader);
}

void Feed::end(std::string_view session) {
  leave_if([&](const Entry& entry) { return entry.session == session; });
}

void Feed::lose(std::string_view reason) {
  lost_ = ++last_;
  rings_.clear();
  const auto frame = resync_frame(reason);
  leave_if([&](const Entry& entry) { return !entry.send(frame); });
}

void Feed::resync(const std::string& topic, std::string_view reason) {
  forget(topic);
  tell(topic, resync_frame(reason));
}

void Feed::forget(const std::string& topic) {
  rings_.erase(topic);
  forgotten_[topic] = ++last_;
  if (forgotten_.size() <= kMostForgotten) return;
  forgotten_.clear();
  lost_ = last_;
}

std::map<std::string, std::size_t> Feed::topics_with(std::string_view prefix) const {
  std::map<std::string, std::size_t> out;
  for (auto at = by_topic_.lower_bound(prefix); at != by_topic_.end() && at->first.starts_with(prefix); ++at)
    out[at->first] = at->second.size();
  return out;
}

}  // namespace hive::dashboard
