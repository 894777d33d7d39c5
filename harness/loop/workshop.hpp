#pragma once
#include "loop/driver.hpp"
#include "loop/login_watch.hpp"
#include "store/stats.hpp"
#include "store/turns.hpp"

namespace hive::harness {

/// What the loop works with; all of it outlives the loop.
struct Workshop {
  const Options& options;
  const agent::Config& config;
  os::EventLoop& event_loop;
  HostLink& link;
  EventBus& bus;
  Reporter& reporter;
  TurnStore& turns;
  StatStore& stats;
  LoginWatch& login;
  Driver& driver;
  std::function<void(std::string)> log;

  /// For what the loop goes on without.
  void log_failure(const Status& done) const {
    if (!done) log(done.error().message);
  }
};

}  // namespace hive::harness
