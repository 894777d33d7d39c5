#pragma once
#include "line_client.hpp"

#include <hive/os/process.hpp>

namespace hive::bench {

/// The built host in a temporary root with the broker and a roster of `agents` that have sockets and no
/// containers. The root lies in $TMPDIR or /var/tmp: /tmp may be memory, which has no disk to wait for.
class HostProcess {
 public:
  explicit HostProcess(int agents);
  HostProcess(const HostProcess&) = delete;
  ~HostProcess();

  void start();
  void stop();

  const std::filesystem::path& root() const { return root_; }
  LineClient as_operator() const { return LineClient(root_ / "run/host.sock"); }
  LineClient as_agent(int number) const {
    return LineClient(root_ / "run/agents" / ("a" + std::to_string(number)) / "host.sock");
  }
  /// Proportional set size.
  long memory_kib() const;
  /// Of all its threads, in the kernel too.
  double cpu_seconds() const;

 private:
  std::filesystem::path root_;
  os::Child host_;
};

}  // namespace hive::bench
