#pragma once
#include "gateway_shared.hpp"

#include <hive/rpc/wire.hpp>

#include <unordered_map>

namespace hive::host {

/// The calls of one connection, from when they are asked until their handlers have ended. [any-thread]
class CallsInFlight {
 public:
  explicit CallsInFlight(const GatewayLimits& limits) : limits_(limits) {}

  /// A token for a call that may begin. Errors: conflict (its id is in flight), busy (too many are).
  Result<std::uint64_t> admit(const rpc::Request& asked);
  /// The router's name for it, unless it has ended by now.
  void name(std::uint64_t token, abi::CallId call);
  /// The router's name for the call that was asked under `id` and is not answered; 0: there is none.
  abi::CallId find(std::string_view id) const;
  std::vector<abi::CallId> unanswered() const;

  /// It is answered: the id to answer under; empty: nobody asked.
  std::string answer(std::uint64_t token);
  /// Its handler has ended. True: there is room again, after pause_if_full() has said that there is none.
  bool release(std::uint64_t token);
  /// True: all params together are so large that nothing more is to be read until release() says so.
  bool pause_if_full();

 private:
  struct Call {
    std::string id;         // as written
    std::size_t bytes = 0;  // of its params
    abi::CallId call = 0;
    bool answered = false;
  };

  const GatewayLimits& limits_;
  mutable std::mutex mutex_;  // guards what follows; the router is never called under it
  std::unordered_map<std::uint64_t, Call> calls_;
  std::size_t asked_ = 0;  // bytes of the params of `calls_`
  std::uint64_t next_token_ = 1;
  bool paused_ = false;
};

}  // namespace hive::host
