#include "writer.hpp"

#include <hive/sdk/crash_point.hpp>

namespace hive::broker {
namespace {

/// Bounds how long the first of a group waits for the last, and the memory of one group.
constexpr std::size_t kLargestBatch = 1'024;

}  // namespace

void Writer::push(Queued queued) {
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(std::move(queued));
  }
  if (draining_) return;
  if (host_.is_stopping()) return answer_soon(work_off());  // no task begins any more, and this is owed
  draining_ = true;
  host_.spawn(drain());
}

Writer::Batch Writer::take() {
  std::lock_guard lock(mutex_);
  if (queue_.size() <= kLargestBatch) return std::exchange(queue_, {});
  const auto end = queue_.begin() + kLargestBatch;
  Batch batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return batch;
}

bool Writer::is_idle() {
  std::lock_guard lock(mutex_);
  return queue_.empty();
}

Task<> Writer::drain() {
  auto work = [this] { return work_off(); };
  while (!is_idle()) {
    auto done = co_await host_.parallel(work);
    if (done)
      answer(std::move(*done));
    else
      answer_soon(work());  // the plugin stops, and what was asked for is owed; the caller may be in a frame of it
  }
  draining_ = false;
}

std::vector<Writer::Done> Writer::work_off() noexcept {
  std::vector<Done> done;
  for (auto group = take(); !group.empty(); group = take()) {
    if (!done.empty()) answer_soon(std::exchange(done, {}));
    handle(std::move(group), done);
  }
  return done;
}

void Writer::handle(Batch group, std::vector<Done>& done) {
  if (auto begun = exchange_->begin(); !begun) return done.push_back(refuse(std::move(group), begun.error()));
  auto news = attempt(group);
  if (news) return done.push_back({std::move(group), std::move(*news)});
  if (group.size() == 1) return done.push_back(refuse(std::move(group), news.error()));
  // One request may be what the database chokes on; the others must not fail with it.
  for (auto& queued : group) {
    Batch alone;
    alone.push_back(std::move(queued));
    handle(std::move(alone), done);
  }
}

Result<News> Writer::attempt(Batch& group) {
  for (auto& queued : group) {
    queued.job->work(*exchange_);
    if (exchange_->sound()) continue;
    const auto why = exchange_->sound().error();
    exchange_->roll_back();
    return why;
  }
  crash_point("broker.group.stored");
  auto news = exchange_->commit();
  if (!news) exchange_->roll_back();
  crash_point("broker.group.committed");
  return news;
}

Writer::Done Writer::refuse(Batch group, const Error& why) {
  for (auto& queued : group) queued.job->failed(*exchange_, why);
  return {std::move(group), {}};
}

void Writer::answer(std::vector<Done> all) noexcept {
  for (auto& [group, news] : all) {
    for (auto& waiter : news.answered) {
      waiter->answered = true;
      waiter->arrived.come();
    }
    for (auto& queued : group) queued.job->done();
    if (!news.is_empty()) told_(std::move(news));
  }
}

void Writer::answer_soon(std::vector<Done> done) {
  host_.post([this, done = std::move(done)]() mutable { answer(std::move(done)); });
}

}  // namespace hive::broker
