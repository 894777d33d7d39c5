#pragma once
#include <hive/sdk/host.hpp>

#include <memory>

namespace hive::broker {

/// Parks one handler until `come`, which resumes it before it returns. A Signal resumes through the host: the
/// sender's answer and all events would leave before the message that somebody waits for.
class Arrival {
 public:
  class Wait;
  /// True when it came, false when `time` was up; cancelled when the caller went away. One at a time; the
  /// Arrival outlives it. [strand]
  Wait wait(Host& host, milliseconds time);
  void come() noexcept;  // [strand]

 private:
  Wait* parked_ = nullptr;
};

class Arrival::Wait final : public detail::HostOperation {
 public:
  Wait(Arrival& arrival, abi::Host& host, milliseconds time)
      : HostOperation(host), arrival_(arrival), time_(time), timer_(std::make_unique<Timer>(Timer{this})) {}
  Result<bool> await_resume() {
    if (came_) return true;
    if (code_ == Code::ok) return false;
    return failure();
  }

 private:
  friend Arrival;
  /// What the host knows it by. It outlives a wait that ends before its time.
  struct Timer {
    Wait* wait;  // its owner; null: its owner is gone
  };
  void begin(const abi::Completion& completion) noexcept override {
    completion_ = completion;
    arrival_.parked_ = this;
    host_.after(std::uint64_t(time_.count()), {&Wait::time_up, timer_.get()});
  }
  void cancel() noexcept override { host_.cancel(timer_.get()); }
  static void time_up(void* context, Code code, std::string_view) noexcept {
    auto* timer = static_cast<Timer*>(context);
    if (timer->wait != nullptr) return timer->wait->end(code);
    const std::unique_ptr<Timer> last_owner(timer);
  }
  /// The handler goes on: `this` may be gone afterwards.
  void end(Code code) noexcept {
    arrival_.parked_ = nullptr;
    completion_.done(completion_.context, code, {});
  }

  Arrival& arrival_;
  milliseconds time_;
  abi::Completion completion_{};
  std::unique_ptr<Timer> timer_;
  bool came_ = false;
};

inline Arrival::Wait Arrival::wait(Host& host, milliseconds time) {
  return {*this, host.raw(), time};
}

inline void Arrival::come() noexcept {
  if (parked_ == nullptr) return;
  auto& wait = *parked_;
  auto* timer = wait.timer_.release();
  auto& host = wait.host_;
  timer->wait = nullptr;
  wait.came_ = true;
  wait.end(Code::ok);
  host.cancel(timer);
}

}  // namespace hive::broker
