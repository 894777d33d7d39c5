#include "strand_meter.hpp"

#include "breadcrumb.hpp"

namespace hive::host {

StrandMeter::Hold::Hold(StrandMeter& meter, std::string_view plugin, std::string_view what)
    : meter_(meter), what_(what), begin_(std::chrono::steady_clock::now()) {
  Breadcrumb::enter(plugin, what);
}

StrandMeter::Hold::~Hold() {
  Breadcrumb::leave();
  const auto time = std::chrono::steady_clock::now() - begin_;
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(time);
  if (us.count() > meter_.longest_us_.load(std::memory_order_relaxed))
    meter_.slow(what_, us);
  else if (us > kCounted)
    meter_.slow(what_, us);
}

void StrandMeter::slow(std::string_view what, std::chrono::microseconds time) {
  {
    std::lock_guard lock(mutex_);
    figures_.over_10_ms += time > kCounted;
    figures_.over_100_ms += time > kLogged;
    if (time.count() > figures_.longest_us) {
      figures_.longest_us = time.count();
      figures_.slowest = what;
      longest_us_.store(time.count(), std::memory_order_relaxed);
    }
  }
  if (time > kLogged && on_slow_) on_slow_(what, std::chrono::duration_cast<std::chrono::milliseconds>(time));
}

StrandMeter::Figures StrandMeter::figures() const {
  std::lock_guard lock(mutex_);
  return figures_;
}

}  // namespace hive::host
