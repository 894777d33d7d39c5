#pragma once
#include <hive/os/process.hpp>

#include <poll.h>

#include <chrono>
#include <span>

/// Waiting for descriptors and children by the steady clock. A signal ends none of the waits. All [blocking].
namespace hive::os {

/// How a wait ended. `late`: the time came first. `failed`: the system could not wait, as errno says; that is no sign
/// of how things stand.
enum class Waited { ready, late, failed };

/// Waits until one of `fds` has something to tell, as their `revents` say then, or until `until`; an entry whose
/// descriptor is -1 is passed over. `time_point::max()` waits without end, a time that has passed looks once.
Waited wait_for_any(std::span<pollfd> fds, std::chrono::steady_clock::time_point until);

/// Waits until `fd` can be read, has hung up or, being a pidfd, its process has ended, or `patience` is over.
Waited wait_readable(int fd, std::chrono::milliseconds patience);

/// Waits for a child of this process, kills it when it has not ended within `patience`, and reaps it.
Ending wait_or_kill(const Child& child, std::chrono::milliseconds patience);

}  // namespace hive::os
