#pragma once
#include <hive/os/fd.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace hive::os {

/// What makes a process the same one: numbers are used again, this triple is not.
struct Identity {
  std::string boot_id;
  pid_t pid = 0;
  std::uint64_t start_time = 0;  // clock ticks since boot, field 22 of /proc/PID/stat; 0: none

  friend bool operator==(const Identity&, const Identity&) = default;
};

/// What the kernel calls this run of the machine; empty where /proc cannot be read. Read once. [any-thread]
std::string boot_id();
/// See Identity. 0 when there is no such process or it is a zombie, which runs nothing and holds nothing.
std::uint64_t start_time_of(pid_t pid);
/// What makes the process `pid` the same one; its start_time is 0 as above. [blocking]
Identity identity_of(pid_t pid);
/// Direct children, from /proc (needs CONFIG_PROC_CHILDREN). [blocking]
std::vector<pid_t> children_of(pid_t pid);

/// A pidfd of the process that `identity` names; empty when that process has ended. [any-thread]
Fd open_process(const Identity& identity);
/// Errors: not_found (it has ended), forbidden, unavailable. [any-thread]
Status signal_process(int pidfd, int signal);
/// Kills what `identity` names and returns once it is gone. False: it had ended before, may not be killed, or was not
/// gone within 10 s. [blocking]
bool end_process(const Identity& identity);

/// A program to run. Nothing is inherited: the environment is built, descriptors above 2 are closed.
struct Command {
  std::vector<std::string> argv;         // argv[0] is a path
  std::vector<std::string> environment;  // NAME=value
  std::string directory = "/";
  int in = -1, out = -1, err = -1;  // -1: /dev/null; borrowed for the call
  bool own_session = false;
};

/// A started child, held by pidfd. Destroying it leaves the process running and unreaped.
struct Child {
  pid_t pid = -1;
  Fd pidfd;
};

/// Forks. In the child `pid` is 0, and only what is safe after a fork of a process with threads may be called there.
/// Errors: unavailable, with `what`. [blocking]
Result<Child> fork_child(const std::string& what);

/// `texts` as exec takes them, ended by a null pointer; they outlive it.
std::vector<char*> exec_list(const std::vector<std::string>& texts);

/// Forks and execs. Errors: not_found, forbidden or unavailable, with the program's name; an exec that fails is
/// reported here, not by an exit code. Call from a long-lived thread: the death signal that some
/// children set is sent when the thread that started them ends. [blocking]
Result<Child> start(const Command& command);

/// How a child ended: `code` for exit, else `signal`.
struct Ending {
  bool exited = false;
  int code = 0;
  int signal = 0;
};
/// Waits for a child of this process and reaps it. [blocking]
Ending wait_for(const Child& child);

}  // namespace hive::os
