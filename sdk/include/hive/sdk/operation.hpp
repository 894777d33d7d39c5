#pragma once
#include <hive/sdk/codec.hpp>
#include <hive/sdk/task.hpp>

#include <chrono>
#include <type_traits>

namespace hive {
using std::chrono::milliseconds;
}

/// What a handler can await of the host. hive::Host makes them; code that has something of its own to await, like
/// hive::Signal, derives from HostOperation.
namespace hive::detail {

/// One operation that the host completes. Lives in the awaiting frame, which is not resumed before it has completed,
/// also when it is cancelled; its address is its name. A class derived from it says in `begin` what the host is asked
/// for and in `await_resume` what came of it. Awaited in a scope that is cancelled, it is `cancelled` and never begins.
/// [strand]
class HostOperation : Waiting {
 public:
  HostOperation(const HostOperation&) = delete;
  bool await_ready() noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> waiter) {
    scope_ = waiter.promise().scope;
    if (scope_->cancelled) return code_ = Code::cancelled, false;
    waiter_ = waiter;
    scope_->waiting = this;
    begin({&HostOperation::done, this});
    return true;
  }

 protected:
  explicit HostOperation(abi::Host& host) : host_(host) {}
  ~HostOperation() = default;
  virtual void begin(const abi::Completion& completion) noexcept = 0;
  virtual void completed() noexcept {}
  void cancel() noexcept override { host_.cancel(this); }
  Error failure() const { return {code_, payload_.empty() ? std::string(name_of(code_)) : payload_}; }

  abi::Host& host_;
  Code code_ = Code::internal;
  std::string payload_;

 private:
  static void done(void* context, Code code, std::string_view payload) noexcept {
    auto& self = *static_cast<HostOperation*>(context);
    self.code_ = code;
    self.payload_ = payload;
    self.scope_->waiting = nullptr;
    self.completed();
    self.waiter_.resume();
  }

  Scope* scope_ = nullptr;
  std::coroutine_handle<> waiter_;
};

/// A call whose result is decoded as R.
template <class R>
class CallOperation final : public HostOperation {
 public:
  CallOperation(abi::Host& host, std::string_view method, std::string params, std::string as)
      : HostOperation(host), method_(method), params_(std::move(params)), as_(std::move(as)) {}
  Result<R> await_resume() {
    if (code_ != Code::ok) return failure();
    return decode_text<R>(payload_, Unknown::ignore);
  }

 private:
  void begin(const abi::Completion& completion) noexcept override { host_.call({method_, params_, as_}, completion); }
  std::string_view method_;
  std::string params_, as_;
};

/// A call whose params and result are passed on unread.
class CallTextOperation final : public HostOperation {
 public:
  CallTextOperation(abi::Host& host, std::string method, std::string params, std::string as)
      : HostOperation(host), method_(std::move(method)), params_(std::move(params)), as_(std::move(as)) {}
  /// The result as JSON text.
  Result<std::string> await_resume() {
    if (code_ != Code::ok) return failure();
    return std::move(payload_);
  }

 private:
  void begin(const abi::Completion& completion) noexcept override { host_.call({method_, params_, as_}, completion); }
  std::string method_, params_, as_;
};

/// A timer.
class SleepOperation final : public HostOperation {
 public:
  SleepOperation(abi::Host& host, milliseconds time) : HostOperation(host), time_(time) {}
  Status await_resume() {
    if (code_ != Code::ok) return failure();
    return {};
  }

 private:
  void begin(const abi::Completion& completion) noexcept override { host_.after(time_.count(), completion); }
  milliseconds time_;
};

/// Whether blocking work runs in the order in which it was asked for, or beside other work.
enum class Order { in_turn, any };

/// Work on another thread; what it throws becomes `internal`. `work` outlives it.
template <class F>
class BlockingOperation final : public HostOperation {
 public:
  using Value = std::invoke_result_t<F&>;
  BlockingOperation(abi::Host& host, F& work, Order order) : HostOperation(host), work_(work), order_(order) {}
  Result<Value> await_resume() {
    if (code_ != Code::ok) return failure();
    if (!value_) return error(Code::internal, "blocking work threw: " + threw_);
    return std::move(*value_);
  }

 private:
  void begin(const abi::Completion& completion) noexcept override {
    const auto work = [](void* context) noexcept {
      static_cast<BlockingOperation*>(static_cast<HostOperation*>(context))->run();
    };
    if (order_ == Order::in_turn)
      host_.blocking(work, completion);
    else
      host_.parallel(work, completion);
  }
  void run() noexcept {
    try {
      value_.emplace(work_());
    } catch (const std::exception& thrown) {
      threw_ = thrown.what();
    } catch (...) {
      threw_ = "something that is not a std::exception";
    }
  }
  F& work_;
  Order order_;
  std::optional<Value> value_;
  std::string threw_;
};

}  // namespace hive::detail
