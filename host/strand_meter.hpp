#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace hive::host {

/// How long a plugin's handlers hold its strand. One writer at a time (the strand); read by anybody.
class StrandMeter {
 public:
  static constexpr std::chrono::milliseconds kCounted{10}, kLogged{100};

  /// One hold of the strand, from construction to destruction.
  class Hold {
   public:
    Hold(StrandMeter& meter, std::string_view plugin, std::string_view what);
    Hold(const Hold&) = delete;
    ~Hold();

   private:
    StrandMeter& meter_;
    const std::string_view what_;
    const std::chrono::steady_clock::time_point begin_;
  };

  struct Figures {
    std::int64_t over_10_ms = 0, over_100_ms = 0, longest_us = 0;
    std::string slowest;
  };
  Figures figures() const;
  /// Called on the strand after a hold of over 100 ms. Set before the first hold.
  void on_slow(std::function<void(std::string_view what, std::chrono::milliseconds)> report) {
    on_slow_ = std::move(report);
  }

 private:
  void slow(std::string_view what, std::chrono::microseconds time);

  mutable std::mutex mutex_;
  Figures figures_;
  std::atomic<std::int64_t> longest_us_ = 0;  // beside `figures_`, so that short holds take no lock
  std::function<void(std::string_view, std::chrono::milliseconds)> on_slow_;
};

}  // namespace hive::host
