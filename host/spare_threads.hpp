#pragma once
#include <atomic>

namespace hive::host {

/// How many threads of the io_context blocking work may hold: those beyond the ones that always serve it. Work that
/// runs on the thread where it was asked for, and whose end runs there too, wakes no other. [any-thread]
class SpareThreads {
 public:
  explicit SpareThreads(int count) : left_(count) {}

  /// False: there is none.
  bool take() {
    if (left_.fetch_sub(1) > 0) return true;
    give_back();
    return false;
  }
  void give_back() { left_.fetch_add(1); }

  /// While it lives blocking work has this thread of the io_context, which runs nothing else meanwhile: what is
  /// deferred here waits for its end, so it has to be posted.
  class Held {
   public:
    Held() { held_here = true; }
    Held(const Held&) = delete;
    ~Held() { held_here = false; }
  };
  static bool is_held() { return held_here; }

 private:
  static inline thread_local bool held_here = false;
  std::atomic<int> left_;
};

}  // namespace hive::host
