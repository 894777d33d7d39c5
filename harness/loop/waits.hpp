#pragma once
#include "loop/workshop.hpp"

namespace hive::harness {

/// How the loop waits, and what ends its waits; everything else goes on meanwhile. Never inside a handler of the event
/// loop. One thread.
class Waits {
 public:
  using Until = std::function<bool()>;

  explicit Waits(const Workshop& shop) : shop_(shop) {}
  Waits(const Waits&) = delete;

  /// Repeats the call until the host has answered. Errors: the host's; cancelled at a stop, or when `give_up` became
  /// true. [blocking]
  template <class P, class R>
  Result<R> ask(const Method<P, R>& method, const P& params, const Until& give_up) {
    std::optional<Result<R>> answer;
    const std::function<void(Result<R>)> keep = [&answer](Result<R> result) { answer.emplace(std::move(result)); };
    const auto call = shop_.link.call(method, params, Repeat::safe, keep);
    shop_.event_loop.run_until([&] { return answer.has_value() || give_up(); });
    if (answer) return std::move(*answer);
    shop_.link.drop(call);
    return error(Code::cancelled, std::string(method.name) + ": it was given up");
  }
  template <class P, class R>
  Result<R> ask(const Method<P, R>& method, const P& params) {
    return ask(method, params, [this] { return is_stopping_; });
  }
  /// Shows what is waited for, until its time has come or something comes up. [blocking]
  void wait_visibly(const Reporter::Standing& standing);
  /// Each time longer than the one before, until went_well(). Ends early at a stop. [blocking]
  void wait_after(const Error& failure);
  void went_well() { error_pause_ = {}; }
  /// Ends early when something has come up. [blocking]
  void wait_for(std::chrono::milliseconds time);

  /// Something came up: whoever waits looks again.
  void interrupt() { is_interrupted_ = true; }
  bool is_interrupted() const { return is_interrupted_; }
  /// What came up until now is looked at from here on.
  void look() { is_interrupted_ = false; }
  /// The loop is to end. It interrupts too.
  void stop() { is_stopping_ = is_interrupted_ = true; }
  bool is_stopping() const { return is_stopping_; }

 private:
  void wait(std::optional<std::chrono::milliseconds> time, const Until& done);

  const Workshop& shop_;
  bool is_stopping_ = false, is_interrupted_ = false;
  std::chrono::milliseconds error_pause_{0};
};

}  // namespace hive::harness
