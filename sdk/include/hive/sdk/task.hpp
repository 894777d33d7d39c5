#pragma once
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace hive {

/// What a handler is suspended in; lives in its frame. [strand]
class Waiting {
 public:
  /// Asks for the end, which still comes as a resume, once.
  virtual void cancel() noexcept = 0;

 protected:
  ~Waiting() = default;
};

/// One running handler with everything it awaits. A chain of tasks has one suspended leaf, so one
/// pointer is all that a cancel needs. [strand]
struct Scope {
  bool cancelled = false;
  Waiting* waiting = nullptr;

  /// Nobody waits for the handler any more: what it waits for ends, and what it asks of the host later ends at
  /// once.
  void cancel() noexcept {
    cancelled = true;
    if (waiting != nullptr) waiting->cancel();
  }
};

template <class T>
class Task;

namespace detail {

struct TaskPromiseBase {
  struct Final {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) noexcept {
      auto& promise = self.promise();
      return promise.starting ? std::noop_coroutine() : promise.continuation;
    }
    void await_resume() noexcept {}
  };

  std::coroutine_handle<> continuation;
  Scope* scope = nullptr;
  std::exception_ptr error;
  bool starting = false;

  std::suspend_always initial_suspend() noexcept { return {}; }
  Final final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { error = std::current_exception(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;
  Task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() { return std::move(*value); }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void take() noexcept {}
};

/// A coroutine that nobody awaits: starts at once, frees itself, carries the scope of its chain.
struct Detached {
  struct promise_type {
    Scope own;
    Scope* scope = &own;
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

/// Awaited, gives the scope of the coroutine that it is in, without suspending.
struct ThisScope {
  Scope* scope = nullptr;
  bool await_ready() noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> self) noexcept {
    scope = self.promise().scope;
    return false;
  }
  Scope& await_resume() noexcept { return *scope; }
};

struct CancelledQuestion : ThisScope {
  bool await_resume() noexcept { return scope->cancelled; }
};

}  // namespace detail

/// Awaited, says whether nobody waits for this handler any more; it goes on at once. For what must be
/// taken back when its answer would reach nobody.
inline detail::CancelledQuestion is_cancelled() noexcept {
  return {};
}

/// A lazy coroutine: runs when it is awaited, on its awaiter's strand, and hands control back without growing the
/// stack. Awaited once, by a Task or by the SDK, which gets what it throws; cancellation passes down to its leaf. Owns
/// the frame, and with it all parameters that are passed by value; what is passed by reference has to outlive it.
/// [strand]
template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;
  using value_type = T;

  /// For the promise: owns the frame from now on.
  explicit Task(std::coroutine_handle<promise_type> self) noexcept : self_(self) {}
  Task(Task&& other) noexcept : self_(std::exchange(other.self_, {})) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (self_) self_.destroy();
  }

  /// What an await works with; lives in the awaiting frame.
  struct Awaiter {
    std::coroutine_handle<promise_type> self;
    bool await_ready() noexcept { return false; }
    /// Starts by a plain call and goes on at once when the task is done by then: g++ makes no tail call
    /// of a symmetric transfer at -O0 or under ASan, where a loop over ready tasks would use up the stack.
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> parent) noexcept {
      auto& promise = self.promise();
      promise.continuation = parent;
      promise.scope = parent.promise().scope;
      promise.starting = true;
      self.resume();
      promise.starting = false;
      return !self.done();
    }
    T await_resume() {
      if (self.promise().error) std::rethrow_exception(self.promise().error);
      return self.promise().take();
    }
  };
  Awaiter operator co_await() && noexcept { return {self_}; }

 private:
  std::coroutine_handle<promise_type> self_;
};

namespace detail {
template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
}  // namespace detail

}  // namespace hive
