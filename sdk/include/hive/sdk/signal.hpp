#pragma once
#include <hive/sdk/host.hpp>

namespace hive {

/// Parks handlers until somebody notifies: for long polls, and for work that waits for more. Outlives its waiters.
/// [strand]
class Signal {
 public:
  class Wait;
  /// Awaited, waits for notify_all: Result<bool>, true when notified, false when `time` was up. Errors: cancelled (the
  /// handler's caller went away, or the plugin stops). Look again at what was waited for: other handlers ran in
  /// between.
  Wait wait(Host& host, milliseconds time);
  /// Wakes all who wait now; they go on after this call, not inside it.
  void notify_all() noexcept;

 private:
  Wait* first_ = nullptr;
};

/// What `wait` gives; awaited at once.
class Signal::Wait final : public detail::HostOperation {
 public:
  Wait(Signal& signal, abi::Host& host, milliseconds time) : HostOperation(host), signal_(signal), time_(time) {}
  Result<bool> await_resume() {
    if (notified_) return true;
    if (code_ == Code::ok) return false;
    return failure();
  }

 private:
  friend Signal;
  void begin(const abi::Completion& completion) noexcept override {
    next_ = signal_.first_;
    if (next_ != nullptr) next_->link_ = &next_;
    link_ = &signal_.first_;
    signal_.first_ = this;
    host_.after(time_.count(), completion);
  }
  void completed() noexcept override { unlink(); }
  void unlink() noexcept {
    if (link_ == nullptr) return;
    *link_ = next_;
    if (next_ != nullptr) next_->link_ = link_;
    link_ = nullptr;
  }

  Signal& signal_;
  milliseconds time_;
  Wait* next_ = nullptr;
  Wait** link_ = nullptr;  // what points at this one; null when not in the list
  bool notified_ = false;
};

inline Signal::Wait Signal::wait(Host& host, milliseconds time) {
  return {*this, host.raw(), time};
}

inline void Signal::notify_all() noexcept {
  while (Wait* wait = first_) {
    wait->unlink();
    wait->notified_ = true;
    wait->host_.cancel(static_cast<detail::HostOperation*>(wait));  // its timer's completion resumes it
  }
}

}  // namespace hive
