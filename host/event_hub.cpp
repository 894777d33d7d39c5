#include "event_hub.hpp"

#include <hive/rpc/wire.hpp>

#include <boost/asio/post.hpp>

#include <charconv>
#include <chrono>

namespace hive::host {
namespace {

constexpr std::size_t kBatch = 64;  // events a turn, so that a busy topic does not hold a strand

/// The name part of an agent's or the manager's principal; empty for others.
std::string_view agent_of(std::string_view principal) {
  if (principal == "manager") return principal;
  return principal.starts_with("agent:") ? principal.substr(6) : std::string_view{};
}

std::shared_ptr<StoredEvent> stored(const NewEvent& event, const std::string& epoch, std::uint64_t seq) {
  auto out = std::make_shared<StoredEvent>();
  out->seq = seq;
  out->topic = event.topic;
  out->subject = event.subject;
  out->line = rpc::event_line(epoch + "-" + std::to_string(seq), event.topic, event.payload);
  out->payload_size = event.payload.size();
  out->payload_at = out->line.size() - rpc::kAfterPayload - out->payload_size;
  return out;
}

}  // namespace

EventHub::EventHub(HubLimits limits)
    : limits_(limits), epoch_(std::to_string(std::chrono::system_clock::now().time_since_epoch().count())) {}

void EventHub::declare(const std::string& topic, std::uint32_t audience, const std::string& plugin) {
  std::lock_guard lock(mutex_);
  auto& entry = topics_[topic];
  entry.audience = audience;
  entry.plugin = plugin;
}

void EventHub::expect(const std::string& topic) {
  std::lock_guard lock(mutex_);
  if (topics_.contains(topic)) return;
  topics_[topic].audience = std::uint32_t(Who::plugins);
}

bool EventHub::admits(const Entry& entry, const Subscription& subscription, std::string_view subject) {
  if (entry.audience & std::uint32_t(who_is(subscription.principal))) return true;
  if ((entry.audience & std::uint32_t(Who::self)) == 0) return false;
  return !subject.empty() && agent_of(subscription.principal) == subject;
}

void EventHub::publish(const NewEvent& event) {
  std::lock_guard lock(mutex_);
  const auto found = topics_.find(event.topic);
  if (found == topics_.end()) return;
  const std::shared_ptr<const StoredEvent> made = stored(event, epoch_, ++last_);
  keep(made);
  offer_to(found->second.subscriptions, found->second, made);
  offer_to(watchers_, found->second, made);
}

void EventHub::offer_to(const std::vector<Ptr>& list, const Entry& entry,
                        const std::shared_ptr<const StoredEvent>& event) {
  for (std::size_t left = list.size(); left > 0; --left) {
    // A copy: `offer` may take it off the list.
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
    const auto subscription = list[left - 1];
    if (admits(entry, *subscription, event->subject)) offer(subscription, event);
  }
}

std::vector<EventHub::Ptr>& EventHub::list_of(const std::string& topic) {
  return topic == kAllTopics ? watchers_ : topics_[topic].subscriptions;
}

bool EventHub::wants(const Subscription& subscription, const std::string& topic) {
  return std::any_of(subscription.topics.begin(), subscription.topics.end(),
                     [&](const std::string& wanted) { return wanted == topic || wanted == kAllTopics; });
}

/// The ring is always the newest events without a gap, so that its size says which stamps it has.
void EventHub::keep(const std::shared_ptr<const StoredEvent>& event) {
  ring_.push_back(event);
  ring_bytes_ += event->bytes();
  while (ring_.size() > limits_.ring || ring_bytes_ > limits_.ring_bytes) {
    ring_bytes_ -= ring_.front()->bytes();
    ring_.pop_front();
  }
}

bool EventHub::enqueue(Subscription& subscription, const std::shared_ptr<const StoredEvent>& event) const {
  const auto bytes = subscription.queue_bytes_ + event->bytes();
  if (subscription.queue_.size() >= limits_.queue || bytes > limits_.queue_bytes) return false;
  subscription.queue_.push_back(event);
  subscription.queue_bytes_ = bytes;
  return true;
}

void EventHub::drop_queue(Subscription& subscription) {
  subscription.queue_.clear();
  subscription.queue_bytes_ = 0;
}

void EventHub::offer(const Ptr& subscription, const std::shared_ptr<const StoredEvent>& event) {
  if (enqueue(*subscription, event)) return schedule(subscription);
  drop_queue(*subscription);
  end(subscription, Code::busy);
}

Status EventHub::check(const Subscription& subscription) const {
  const auto who = who_is(subscription.principal);
  const bool is_agent = who & (Who::agents | Who::manager);
  for (const auto& topic : subscription.topics) {
    if (topic == kAllTopics) {
      if (subscription.topics.size() > 1)
        return error(Code::invalid_params, "topics: * means all topics; name no others beside it");
      if (!(who & Who::operators)) return error(Code::forbidden, "*: not for " + subscription.principal);
      continue;
    }
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return error(Code::not_found, topic + ": no plugin publishes this topic");
    const auto audience = found->second.audience;
    const bool own = is_agent && (audience & std::uint32_t(Who::self)) != 0;
    if ((audience & std::uint32_t(who)) == 0 && !own)
      return error(Code::forbidden, topic + ": not for " + subscription.principal);
  }
  return {};
}

Status EventHub::replay(Subscription& subscription, std::string_view since) {
  if (since.empty()) return {};
  const auto lost = error(Code::not_found, "events after " + std::string(since) + " are not kept; take a snapshot");
  std::uint64_t seen = 0;
  const auto dash = since.find('-');
  if (dash == since.npos || since.substr(0, dash) != epoch_) return lost;
  const auto number = since.substr(dash + 1);
  const auto read = std::from_chars(number.data(), number.data() + number.size(), seen);
  if (read.ec != std::errc{} || read.ptr != number.data() + number.size() || seen > last_) return lost;
  if (seen + ring_.size() < last_) return lost;
  for (const auto& event : ring_) {
    if (event->seq <= seen) continue;
    if (!wants(subscription, event->topic)) continue;
    if (!admits(topics_[event->topic], subscription, event->subject) || enqueue(subscription, event)) continue;
    drop_queue(subscription);
    return error(Code::not_found,
                 "more events came after " + std::string(since) + " than are sent at once; take a snapshot");
  }
  return {};
}

Result<std::string> EventHub::subscribe(const Ptr& subscription, std::string_view since) {
  std::lock_guard lock(mutex_);
  if (auto allowed = check(*subscription); !allowed) return allowed.error();
  if (auto replayed = replay(*subscription, since); !replayed) return replayed.error();
  subscription->replayed_bytes = subscription->queue_bytes_;
  subscription->listed_ = true;
  for (const auto& topic : subscription->topics) list_of(topic).push_back(subscription);
  ++subscribers_;
  if (!subscription->queue_.empty()) schedule(subscription);
  return since.empty() ? epoch_ + "-" + std::to_string(last_) : std::string(since);
}

void EventHub::unsubscribe(const Ptr& subscription) {
  std::lock_guard lock(mutex_);
  drop_queue(*subscription);
  end(subscription, Code::cancelled);
}

void EventHub::end(const Ptr& subscription, Code why) {
  if (!subscription->listed_) return;
  // A copy: the reference may be to an element that goes now.
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  const auto keep = subscription;
  keep->listed_ = false;
  keep->why_ = why;
  for (const auto& topic : keep->topics) std::erase(list_of(topic), keep);
  --subscribers_;
  schedule(keep);
}

void EventHub::schedule(const Ptr& subscription) {
  if (std::exchange(subscription->scheduled_, true)) return;
  boost::asio::post(subscription->strand, [this, subscription] { pump(subscription); });
}

void EventHub::pump(const Ptr& subscription) {
  for (std::size_t sent = 0;; ++sent) {
    std::unique_lock lock(mutex_);
    auto& queue = subscription->queue_;
    if (queue.empty()) {
      subscription->scheduled_ = false;
      if (subscription->listed_ || std::exchange(subscription->finished_, true)) return;
      lock.unlock();
      return subscription->ended(subscription->why_, subscription->why_ == Code::busy
                                                         ? "events are lost: the queue was full; take a snapshot"
                                                         : "the subscription was ended");
    }
    if (sent == kBatch) {
      subscription->scheduled_ = false;
      return schedule(subscription);
    }
    const auto event = std::move(queue.front());
    queue.pop_front();
    subscription->queue_bytes_ -= event->bytes();
    lock.unlock();
    subscription->deliver(*event);
  }
}

std::vector<EventHub::Topic> EventHub::topics() const {
  std::lock_guard lock(mutex_);
  std::vector<Topic> out;
  for (const auto& [name, entry] : topics_)
    if (!entry.plugin.empty()) out.push_back({name, entry.plugin, entry.audience});
  return out;
}

std::size_t EventHub::subscribers() const {
  std::lock_guard lock(mutex_);
  return subscribers_;
}

}  // namespace hive::host
