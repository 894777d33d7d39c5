#pragma once
#include "event_hub.hpp"
#include "router.hpp"

#include <hive/rpc/rate_limit.hpp>

#include <atomic>

namespace hive::host {

struct GatewayLimits {
  std::size_t line = 1 << 20;            // bytes
  std::size_t in_flight = 64;            // calls a connection
  std::size_t asked = 1 << 20;           // bytes of their params; above it reading pauses
  std::size_t connections = 32;          // a principal
  std::size_t unsent_replies = 1 << 20;  // bytes; above it reading pauses, and an event stream ends
  std::size_t unsent_in_all = 64 << 20;  // bytes a principal; the connection that would add to them is closed
  rpc::Rate rate{};
};

/// What the connections of one socket have in common.
struct GatewayShared {
  Router& router;
  EventHub& hub;
  const std::string principal;
  const GatewayLimits limits;
  rpc::RateLimit rate{limits.rate};
  std::atomic<std::size_t> connections = 0, unsent = 0;  // unsent: bytes
  std::atomic<std::uint64_t> lines = 0;                  // that were looked at
};

}  // namespace hive::host
