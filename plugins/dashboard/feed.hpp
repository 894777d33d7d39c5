#pragma once
#include <hive/http/response.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hive::dashboard {

struct FeedLimits {
  std::size_t topic_frames = 512, topic_bytes = 512 << 10;  // that are kept of one topic
  std::size_t replay_bytes = 512 << 10;                     // that a reader is sent at once
};

/// The one event stream of all pages. Every frame, be it the hub's or an agent's, gets the next number of this
/// feed, so that a reader's last number says what it missed; each topic keeps its own newest frames, so that
/// a busy one pushes out no other's.
///
/// A frame is made once, whoever reads it. [strand]
class Feed {
 public:
  using Send = std::function<bool(const http::Bytes&)>;  // false: the reader is gone or was too slow
  using Reader = std::uint64_t;

  explicit Feed(FeedLimits limits = {});

  const std::string& epoch() const { return epoch_; }
  std::uint64_t last() const { return last_; }

  void publish(std::string_view topic, std::string_view payload);
  /// Adds a reader of `session`. After `last_id` (empty: from now on) it first gets what it missed of its topics, or a
  /// `resync` frame when that is not kept.
  Reader join(std::set<std::string, std::less<>> topics, std::string_view last_id, Send send, std::string session = {});
  void leave(Reader reader);
  /// All readers of a session.
  void end(std::string_view session);
  /// Events were missed on the way here: no reader may go on from what it has.
  void lose(std::string_view reason);
  /// Events of one topic were missed on the way here: its readers get a `resync` frame.
  void resync(const std::string& topic, std::string_view reason);
  /// Nobody follows the topic's source any more: what comes later may have a gap before it.
  void forget(const std::string& topic);

  std::size_t readers() const { return readers_.size(); }
  /// How many readers have a topic that begins with `prefix`, by topic.
  std::map<std::string, std::size_t> topics_with(std::string_view prefix) const;

 private:
  struct Frame {
    std::uint64_t number;
    http::Bytes bytes;
  };
  struct Ring {
    std::deque<Frame> frames;
    std::size_t bytes = 0;
    std::uint64_t dropped = 0;  // number of the newest that is not kept any more
  };
  struct Entry {
    std::set<std::string, std::less<>> topics;
    Send send;
    std::string session;
  };

  void keep(std::string_view topic, const Frame& frame);
  /// Why `last_id` cannot be gone on from, or empty and the frames after it.
  std::string missed(const Entry& entry, std::string_view last_id, std::vector<Frame>& out) const;
  template <class Condition>
  void leave_if(Condition is_over);
  void tell(std::string_view topic, const http::Bytes& frame);

  const FeedLimits limits_;
  const std::string epoch_;
  std::uint64_t last_ = 0;
  std::uint64_t lost_ = 0;  // number at which events were missed
  Reader next_reader_ = 1;
  std::map<std::string, Ring, std::less<>> rings_;
  std::map<std::string, std::uint64_t, std::less<>> forgotten_;
  std::unordered_map<Reader, Entry> readers_;
  std::map<std::string, std::set<Reader>, std::less<>> by_topic_;
};

/// The frame that tells a reader to fetch the state anew.
http::Bytes resync_frame(std::string_view reason);

}  // namespace hive::dashboard
