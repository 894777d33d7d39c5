#pragma once
#include <hive/sdk/contracts/turns.hpp>

#include "link/host_link.hpp"
#include "store/turns.hpp"

#include <set>

namespace hive::harness {

/// Takes commands from the host for as long as it lives, by a long poll. Each is acted on, then its id
/// is kept, then the next poll acknowledges it: one that was under way at a crash comes again. One thread.
class CommandFeed {
 public:
  using Act = std::function<void(const turns::Command&)>;

  CommandFeed(os::EventLoop& event_loop, HostLink& link, TurnStore& store, Act act,
              std::function<void(std::string)> problem);
  ~CommandFeed() { link_.drop(call_); }
  CommandFeed(const CommandFeed&) = delete;
  void start() { poll(); }

 private:
  void poll();
  void poll_later();
  void take(Result<turns::Commands> commands);
  bool take_one(const turns::Command& command);

  os::EventLoop& event_loop_;
  HostLink& link_;
  TurnStore& store_;
  Act act_;
  std::function<void(std::string)> problem_;
  HostLink::CallId call_ = 0;
  os::EventLoop::Timer pause_;
  std::set<std::int64_t> acted_;  // ids behind a message that could not be kept
};

}  // namespace hive::harness
