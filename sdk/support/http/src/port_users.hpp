#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hive::http {

/// The connected sockets of this process whose local port is `port`.
std::vector<int> connected_at(std::uint16_t port);

/// The user whose process, not this one, has a connection that was accepted at `address` and `port`. To be asked once
/// the port is bound, for then nobody else accepts there any more. The kernel's table tells (proc_pid_net(5)).
std::optional<uid_t> held_elsewhere(const std::string& address, std::uint16_t port);

}  // namespace hive::http
