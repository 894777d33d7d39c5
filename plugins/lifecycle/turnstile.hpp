#pragma once
#include <hive/sdk/signal.hpp>

namespace hive::lifecycle {

/// Lets a few through at a time. Outlives its visitors. [strand]
class Turnstile {
 public:
  explicit Turnstile(int places) : free_(places) {}

  /// Waits for a place; each one that was got is left again. Errors: cancelled (the host stops).
  Task<Status> enter(Host& host) {
    while (free_ == 0) {
      auto waited = co_await freed_.wait(host, std::chrono::hours(1));
      if (!waited) co_return waited.error();
    }
    --free_;
    co_return Status{};
  }
  void leave() {
    ++free_;
    freed_.notify_all();
  }

 private:
  int free_;
  Signal freed_;
};

}  // namespace hive::lifecycle
