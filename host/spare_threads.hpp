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

 private:
  std::atomic<int> left_;
};

}  // namespace hive::host
