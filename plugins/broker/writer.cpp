#include "writer.hpp"

#include <hive/sdk/crash_point.hpp>

namespace hive::broker {
namespace {

/// Bounds how long the first of a group waits for the last, and the memory of one group.
constexpr std::size_t kLargestGroup = 1'024;

}  // namespace

Writer::Writer(Host& host, Exchange exchange, Told told)
    : host_(host), exchange_(std::move(exchange)), told_(std::move(told)), thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

void Writer::push(Queued queued) {
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(std::move(queued));
  }
  arrived_.notify_one();
}

Writer::Group Writer::take() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return ending_ || !queue_.empty(); });
  if (queue_.size() <= kLargestGroup) return std::exchange(queue_, {});
  const auto end = queue_.begin() + kLargestGroup;
  Group group(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return group;
}

void Writer::loop() {
  for (;;) {
    auto group = take();
    if (group.empty()) return;
    handle(std::move(group));
  }
}

void Writer::handle(Group group) {
  if (auto begun = exchange_.begin(); !begun) return refuse(std::move(group), begun.error());
  auto outcome = attempt(group);
  if (outcome) return answer(std::move(group), std::move(*outcome));
  if (group.size() == 1) return refuse(std::move(group), outcome.error());
  // One request may be what the database chokes on; the others must not fail with it.
  for (auto& queued : group) {
    Group alone;
    alone.push_back(std::move(queued));
    handle(std::move(alone));
  }
}

Result<Outcome> Writer::attempt(Group& group) {
  for (auto& queued : group) {
    queued.job->work(exchange_);
    if (exchange_.sound()) continue;
    const auto why = exchange_.sound().error();
    exchange_.roll_back();
    return why;
  }
  crash_point("broker.group.stored");
  auto outcome = exchange_.commit();
  if (!outcome) exchange_.roll_back();
  crash_point("broker.group.committed");
  return outcome;
}

void Writer::refuse(Group group, const Error& why) {
  for (auto& queued : group) queued.job->failed(exchange_, why);
  answer(std::move(group), {});
}

void Writer::answer(Group group, Outcome outcome) {
  host_.post([this, group = std::move(group), outcome = std::move(outcome)]() mutable {
    for (auto& waiter : outcome.answered) {
      waiter->answered = true;
      waiter->arrived.come();
    }
    for (auto& queued : group) queued.job->done();
    if (outcome.has_news()) told_(std::move(outcome));
  });
}

}  // namespace hive::broker
