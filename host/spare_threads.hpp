#pragma once
#include <atomic>
#include <utility>

namespace hive::host {

/// How many threads of the io_context blocking work may hold: those beyond the ones that always serve it. Work that
/// runs on the thread where it was asked for, and whose end runs there too, wakes no other. [any-thread]
class SpareThreads {
 public:
  explicit SpareThreads(int count) : left_(count) {}

  /// One of them, or none; it is given back when this goes. The SpareThreads outlive it.
  class Taken {
   public:
    Taken(Taken&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
    ~Taken() {
      if (from_ != nullptr) ++from_->left_;
    }
    explicit operator bool() const { return from_ != nullptr; }
    /// Runs `work` on this thread of the io_context, which runs nothing else meanwhile, and gives it back. What is
    /// deferred here waits for the end of `work`, so it has to be posted. [blocking]
    template <class Work>
    void run(Work work) {
      const Taken until_done(std::move(*this));
      held_here = true;
      work();
      held_here = false;
    }

   private:
    friend SpareThreads;
    explicit Taken(SpareThreads* from) : from_(from) {}
    SpareThreads* from_;
  };
  Taken take() {
    if (left_.fetch_sub(1) > 0) return Taken(this);
    ++left_;
    return Taken(nullptr);
  }
  /// Whether work runs on this thread by run().
  static bool is_held() { return held_here; }

 private:
  static inline thread_local bool held_here = false;
  std::atomic<int> left_;
};

}  // namespace hive::host
