#pragma once
#include "deadlines.hpp"
#include "failure_log.hpp"
#include "method_table.hpp"

#include <unordered_map>

namespace hive::host {

/// Who waits for calls. `token` is the waiter's own name for the call.
class Waiter {
 public:
  virtual ~Waiter() = default;
  /// The answer. Once a call; must not call back into the router. [any-thread]
  virtual void settled(std::uint64_t token, Code code, std::string_view payload) noexcept = 0;
  /// Once and last: the handler has ended too, which may be long after a cancel or the deadline.
  virtual void released(std::uint64_t token) noexcept = 0;
};

struct CallRequest {
  std::string_view caller, method, params;  // caller: a principal
};

/// What is said of a call whose plugin ends.
std::string why_lost(std::string_view plugin);

/// Finds who answers a method, and settles every call once: the first of reply, cancel, deadline and
/// the loss of the provider counts, later ones are ignored. [any-thread]
class Router {
 public:
  static constexpr std::size_t kMaxPayload = (1 << 20) - 4'096;  // a reply fits a line with its envelope
  static constexpr std::size_t kLongestError = 64 << 10;

  Router(boost::asio::io_context& io, MethodTable& table) : table_(table), sweep_(io) {}

  /// 0 when the call was refused; `settled` and `released` have come by then. shared_ptr: the waiter
  /// may go away before its answer comes.
  abi::CallId call(const CallRequest& request, const std::shared_ptr<Waiter>& waiter, std::uint64_t token);
  void cancel(abi::CallId call) { settle(call, Code::cancelled, "the caller went away"); }
  /// Ignored unless `from` is the plugin that was asked.
  void reply(abi::CallId call, const LocalHost& from, Code code, std::string_view payload);
  /// Answers everything that `provider` owes with `unavailable`.
  void lose(const LocalHost& provider);

  std::size_t in_flight() const;
  std::size_t in_flight(const LocalHost& provider) const;

 private:
  struct Flight {
    MethodTable::Entry registration;
    std::shared_ptr<Waiter> waiter;
    std::uint64_t token = 0;
    Deadlines::Place deadline{};
    bool answered = false;  // by cancel or deadline; the handler still runs
  };

  Result<MethodTable::Entry> check(const CallRequest& request) const;
  abi::CallId take_off(const MethodTable::Entry& entry, const std::shared_ptr<Waiter>& waiter, std::uint64_t token);
  void settle(abi::CallId call, Code code, std::string_view why);
  void finish(abi::CallId call, const LocalHost& from, Code code, std::string_view payload);
  void arm();
  void sweep();

  MethodTable& table_;
  mutable std::mutex mutex_;
  boost::asio::steady_timer sweep_;
  Deadlines::Clock::time_point armed_ = Deadlines::Clock::time_point::max();
  FailureLog failures_;
  Deadlines deadlines_;
  std::unordered_map<abi::CallId, Flight> flights_;
  abi::CallId next_ = 1;
};

}  // namespace hive::host
