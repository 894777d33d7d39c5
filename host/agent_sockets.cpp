#include "agent_sockets.hpp"

#include <hive/os/files.hpp>
#include <hive/os/unix_socket.hpp>

namespace hive::host {
namespace {

constexpr char kSocket[] = "host.sock";

std::string principal_of(const std::string& name) {
  return name == "manager" ? name : "agent:" + name;
}

}  // namespace

AgentSockets::AgentSockets(boost::asio::io_context& io, Router& router, EventHub& hub, std::filesystem::path folder,
                           GatewayLimits limits)
    : io_(io), router_(router), hub_(hub), folder_(std::move(folder)), limits_(limits) {}

Result<os::Fd> AgentSockets::bind(const host_api::OpenSocket& wanted) const {
  const auto folder = os::open_folder(folder_ / wanted.name);
  if (!folder) return error(folder.error().code, "socket of " + wanted.name + ": " + folder.error().message);
  return os::listen_in(folder->get(), kSocket, {.mode = 0660, .group = gid_t(wanted.gid)});
}

Status AgentSockets::open(const host_api::OpenSocket& wanted) {
  std::lock_guard lock(mutex_);
  const std::vector<uid_t> uids{uid_t(wanted.uid)};
  const auto known = gateways_.find(wanted.name);
  if (known != gateways_.end()) {
    if (known->second->door().uids == uids) return {};
    gateways_.erase(known);
  }
  auto listening = bind(wanted);
  if (!listening) return listening.error();
  auto gateway = std::make_unique<Gateway>(io_, router_, hub_, Door{principal_of(wanted.name), uids}, limits_);
  if (auto opened = gateway->open(std::move(*listening)); !opened) return opened;
  gateways_.emplace(wanted.name, std::move(gateway));
  return {};
}

Status AgentSockets::close(const std::string& name) {
  std::lock_guard lock(mutex_);
  if (gateways_.erase(name) == 1) return {};
  return error(Code::not_found, name + ": no socket is open for this agent");
}

void AgentSockets::close_all() {
  std::lock_guard lock(mutex_);
  gateways_.clear();
}

std::uint64_t AgentSockets::lines() const {
  std::lock_guard lock(mutex_);
  std::uint64_t count = 0;
  for (const auto& [name, gateway] : gateways_) count += gateway->lines();
  return count;
}

std::size_t AgentSockets::connections() const {
  std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [name, gateway] : gateways_) count += gateway->connections();
  return count;
}

}  // namespace hive::host
