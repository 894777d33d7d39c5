#pragma once
#include "link/host_link.hpp"

namespace hive::harness {

/// The loop's own way to wait: everything else goes on meanwhile. Never inside a handler of the event loop.
class Asker {
 public:
  Asker(EventLoop& event_loop, HostLink& link) : event_loop_(event_loop), link_(link) {}

  /// Errors: the host's; cancelled when `give_up` became true first. [blocking]
  template <class P, class R>
  Result<R> ask(const Method<P, R>& method, const P& params, Repeat repeat, const std::function<bool()>& give_up) {
    std::optional<Result<R>> answer;
    const std::function<void(Result<R>)> keep = [&answer](Result<R> result) { answer.emplace(std::move(result)); };
    const auto call = link_.call(method, params, repeat, keep);
    event_loop_.run_until([&] { return answer.has_value() || give_up(); });
    if (answer) return std::move(*answer);
    link_.drop(call);
    return error(Code::cancelled, std::string(method.name) + ": it was given up");
  }

  /// Until `done`, or until `time` has passed. [blocking]
  void wait(std::optional<Clock::time_point> time, const std::function<bool()>& done) {
    bool due = false;
    EventLoop::Timer timer;
    if (time) timer = event_loop_.at(*time, [&due] { due = true; });
    event_loop_.run_until([&] { return due || done(); });
  }

 private:
  EventLoop& event_loop_;
  HostLink& link_;
};

}  // namespace hive::harness
