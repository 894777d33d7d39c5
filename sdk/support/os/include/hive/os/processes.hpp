#pragma once
#include <hive/os/process.hpp>

namespace hive::os {

/// Starting processes and ending them: the one seam between a program and the system's processes. A test puts
/// FakeProcesses (hive/os/testing/fake_processes.hpp) in its place. One thread.
class Processes {
 public:
  virtual ~Processes() = default;
  /// As os::start(). [blocking]
  virtual Result<Child> start(const Command& command) { return os::start(command); }
  /// Errors: as signal_process().
  virtual Status signal(const Child& child, int signal) { return signal_process(child.pidfd.get(), signal); }
  /// As os::wait_for(). [blocking]
  virtual Ending wait_for(const Child& child) { return os::wait_for(child); }
  /// As kill_all_children(). [blocking]
  virtual std::size_t kill_children();
};

/// Kills and reaps every child of this process, and what they leave to it, until there is none; gives how many are
/// left after 5 s. This process must be a subreaper, and its main thread must have started them. [blocking]
std::size_t kill_all_children();

/// Reaps children that have ended but for `kept`, so that nothing of what they left stays a zombie. [any-thread]
void reap_others(pid_t kept);

}  // namespace hive::os
