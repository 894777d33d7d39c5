#include "local_host.hpp"

#include "breadcrumb.hpp"

namespace hive::host {
namespace {

constexpr std::string_view kWorkEnds = "blocking work's end";

}  // namespace

void LocalHost::cancel(void* context) noexcept {
  if (auto found = timers_.find(context); found != timers_.end()) found->second.cancel();
}

void LocalHost::after(std::uint64_t milliseconds, const abi::Completion& completion) noexcept {
  auto& timer = timers_.emplace(completion.context, boost::asio::steady_timer(strand_)).first->second;
  timer.expires_after(std::chrono::milliseconds(milliseconds));
  timer.async_wait([self = shared_from_this(), completion](auto failure) {
    StrandMeter::Hold measured(self->meter_, self->id_, "a timer");
    self->timers_.erase(completion.context);
    completion.done(completion.context, failure ? Code::cancelled : Code::ok, {});
  });
}

void LocalHost::post(const abi::Completion& completion) noexcept {
  enter("a post", [completion] { completion.done(completion.context, Code::ok, {}); });
}

void LocalHost::work_on(WorkQueue& queue, void (*work)(void*) noexcept, const abi::Completion& completion) {
  queue.post([self = shared_from_this(), work, completion]() mutable {
    auto& host = *self;
    host.hold(work, completion);
    // The worker lets go of `self` here: were it the last owner, it would wait for its own thread.
    host.enter(kWorkEnds, [keep = std::move(self), completion] { completion.done(completion.context, Code::ok, {}); });
  });
}

/// The thread is the work's until it is done. [blocking]
void LocalHost::hold(void (*work)(void*) noexcept, const abi::Completion& completion) const {
  const Breadcrumb::Stay stay(id_, "blocking work");
  work(completion.context);
}

void LocalHost::blocking(void (*work)(void*) noexcept, const abi::Completion& completion) noexcept {
  work_on(own_, work, completion);
}

void LocalHost::parallel(void (*work)(void*) noexcept, const abi::Completion& completion) noexcept {
  auto spare = spare_.take();
  if (!spare) return work_on(parallel_, work, completion);
  auto job = [self = shared_from_this(), spare = std::move(spare), work, completion]() mutable {
    spare.run([&] { self->hold(work, completion); });
    self->enter_soon(kWorkEnds, [completion] { completion.done(completion.context, Code::ok, {}); });
  };
  boost::asio::defer(strand_.get_inner_executor(), std::move(job));
}

}  // namespace hive::host
