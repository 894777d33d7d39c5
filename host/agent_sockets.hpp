#pragma once
#include "gateway.hpp"

#include <hive/sdk/contracts/host.hpp>

#include <filesystem>
#include <map>
#include <memory>

namespace hive::host {

/// run/agents/<name>/host.sock of every agent: one gateway each, whose principal is that agent's.
class AgentSockets {
 public:
  AgentSockets(boost::asio::io_context& io, Router& router, EventHub& hub, std::filesystem::path folder,
               GatewayLimits limits);

  /// Binds the socket; idempotent while the uid is the same. The agent's folder must exist.
  /// Errors: not_found (no folder), unavailable. [any-thread] [blocking]
  Status open(const host_api::OpenSocket& wanted);
  /// Errors: not_found (none is open for this agent). [any-thread] [blocking]
  Status close(const std::string& name);
  /// Closes all. [any-thread]
  void close_all();
  std::size_t connections() const;
  /// That agents have sent and that were looked at, over all sockets that are open.
  std::uint64_t lines() const;

 private:
  Result<os::Fd> bind(const host_api::OpenSocket& wanted) const;

  boost::asio::io_context& io_;
  Router& router_;
  EventHub& hub_;
  const std::filesystem::path folder_;
  const GatewayLimits limits_;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Gateway>> gateways_;
};

}  // namespace hive::host
