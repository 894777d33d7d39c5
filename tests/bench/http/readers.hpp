#pragma once
#include <hive/os/fd.hpp>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace hive::bench {

/// Connected TCP sockets that a thread reads as fast as it can, and counts.
class Readers {
 public:
  Readers();
  ~Readers();

  /// Connects to a port of 127.0.0.1, says `request`, and reads on from there. False: it failed.
  bool connect(std::uint16_t port, std::string_view request);
  /// Waits until that many bytes more than at the last reset were read from all together.
  void wait_for(std::uint64_t bytes);
  void reset();
  std::uint64_t read() const { return read_; }

 private:
  void run();

  os::Fd poll_, wake_;
  std::vector<os::Fd> sockets_;
  std::atomic<std::uint64_t> read_{0}, wanted_{UINT64_MAX};
  std::atomic<bool> reached_{false}, done_{false};
  std::thread thread_;
};

}  // namespace hive::bench
