#pragma once
#include <hive/sdk/host.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace hive::host {

/// What a plugin publishes. `subject`: the agent that the event is about; may be empty.
struct NewEvent {
  std::string_view topic, subject, payload;
};

/// One event as everybody gets it: the same bytes, made once.
struct StoredEvent {
  std::uint64_t seq = 0;
  std::string topic, subject;
  std::string line;  // as it goes over a socket, with its newline
  std::size_t payload_at = 0, payload_size = 0;

  std::size_t bytes() const { return sizeof *this + topic.size() + subject.size() + line.size(); }

  std::string_view payload() const { return std::string_view(line).substr(payload_at, payload_size); }
};

struct HubLimits {
  std::size_t queue = 1'024, queue_bytes = 8 << 20;  // events a subscriber, and what they hold
  std::size_t ring = 4'096, ring_bytes = 4 << 20;    // events for `since`, and what they hold
};

/// One subscriber: its callbacks run on `strand`, `ended` exactly once and last.
struct Subscription {
  boost::asio::any_io_executor strand;
  std::string principal;
  std::vector<std::string> topics;  // or "*" alone: all that the principal, an operator, may see
  std::function<void(const StoredEvent&)> deliver;
  std::function<void(Code, std::string)> ended;
  std::size_t replayed_bytes = 0;  // set by `subscribe`

 private:
  friend class EventHub;
  // shared_ptr: one event is in the ring and in many queues.
  std::deque<std::shared_ptr<const StoredEvent>> queue_;
  std::size_t queue_bytes_ = 0;
  bool listed_ = false, scheduled_ = false, finished_ = false;
  Code why_ = Code::ok;
};

/// Stamps events and hands them to the subscribers that may see them, in one total order `epoch-seq`. [any-thread]
class EventHub {
 public:
  explicit EventHub(HubLimits limits = {});

  /// Says who may see a topic (bits of Who); a topic that was never declared is not published.
  void declare(const std::string& topic, std::uint32_t audience, const std::string& plugin);
  void publish(const NewEvent& event);
  /// The stamp that it starts after. `since`: empty, or such a stamp to replay from. Errors, and then
  /// `ended` never comes: not_found (no such topic; the ring has lost that stamp or more came after it than a queue
  /// holds: take a snapshot),
  /// forbidden (the principal is not in a topic's audience).
  Result<std::string> subscribe(const std::shared_ptr<Subscription>& subscription, std::string_view since);
  /// A plugin may listen to a topic before the plugin that publishes it is there.
  void expect(const std::string& topic);
  void unsubscribe(const std::shared_ptr<Subscription>& subscription);

  struct Topic {
    std::string name, plugin;
    std::uint32_t audience = 0;
  };
  std::vector<Topic> topics() const;
  std::size_t subscribers() const;
  const std::string& epoch() const { return epoch_; }

 private:
  using Ptr = std::shared_ptr<Subscription>;
  struct Entry {
    std::string plugin;
    std::uint32_t audience = 0;
    std::vector<Ptr> subscriptions;
  };

  std::vector<Ptr>& list_of(const std::string& topic);
  static bool wants(const Subscription& subscription, const std::string& topic);
  void offer_to(const std::vector<Ptr>& list, const Entry& entry, const std::shared_ptr<const StoredEvent>& event);
  static bool admits(const Entry& entry, const Subscription& subscription, std::string_view subject);
  Status check(const Subscription& subscription) const;
  void keep(const std::shared_ptr<const StoredEvent>& event);
  /// False: its queue is full.
  bool enqueue(Subscription& subscription, const std::shared_ptr<const StoredEvent>& event) const;
  static void drop_queue(Subscription& subscription);
  void offer(const Ptr& subscription, const std::shared_ptr<const StoredEvent>& event);
  Status replay(Subscription& subscription, std::string_view since);
  void end(const Ptr& subscription, Code why);
  void schedule(const Ptr& subscription);
  void pump(const Ptr& subscription);

  const HubLimits limits_;
  const std::string epoch_;
  mutable std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::deque<std::shared_ptr<const StoredEvent>> ring_;
  std::size_t ring_bytes_ = 0;
  std::map<std::string, Entry, std::less<>> topics_;
  std::vector<Ptr> watchers_;  // of all topics
  std::size_t subscribers_ = 0;
};

}  // namespace hive::host
