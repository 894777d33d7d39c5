#pragma once
#include <hive/sdk/result.hpp>

#include <sys/types.h>

/// What a process does to itself, for good, before it runs the agent. Each is inherited over exec.
namespace hive::supervisor {

/// Landlock's ABI; 0: the kernel has none. Abstract sockets can be closed from 6 on. [any-thread]
long landlock_abi();
inline constexpr long kLandlockScopes = 6;

/// No abstract socket that was made outside can be reached from here on: the network namespace is
/// shared, and they belong to it. Errors: unavailable.
Status close_abstract_sockets();

/// Refuses, with EPERM: io_uring (it passes this very filter by), the kernel's key rings (shared by
/// uid), typing into a terminal, system calls of another architecture, and setuid and setgid bits in
/// every call that gives a file its mode; openat2, whose mode it cannot see, is not there (ENOSYS).
/// Wants no_new_privs. Errors: unavailable.
Status filter_system_calls();

/// Whether this kernel can. [any-thread]
bool can_filter_system_calls();

/// Errors: unavailable.
Status set_limits(std::int64_t pids);

/// Gives up root for good. Errors: unavailable.
Status become(uid_t uid, gid_t gid);

}  // namespace hive::supervisor
