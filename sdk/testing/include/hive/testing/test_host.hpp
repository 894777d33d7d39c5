#pragma once
#include <hive/sdk/plugin.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

/// An in-memory host for unit tests: one plugin, one thread, a clock that the test moves. Other
/// plugins are fakes that the test answers for. Nothing here sleeps; only work that the plugin gave
/// to threads of its own is waited for, with a bound after which the test fails.
namespace hive::testing {

/// One call that has begun. The first of reply and cancel settles it.
class Pending {
 public:
  struct State {
    bool settled = false;
    Code code = Code::ok;
    std::string payload;
  };
  Pending(class TestHost& host, abi::CallId id, std::shared_ptr<State> state)
      : host_(host), id_(id), state_(std::move(state)) {}

  bool settled() const { return state_->settled; }
  /// The caller goes away.
  void cancel();
  /// Waits for the answer and decodes it. Fails the test when none comes.
  template <class R>
  Result<R> get();

 private:
  void wait();

  TestHost& host_;
  abi::CallId id_;
  std::shared_ptr<State> state_;  // shared with the host's table of open calls
};

struct Published {
  std::string topic, subject, payload;
};
struct Logged {
  abi::Level level;
  std::string text;
};

class TestHost final : public abi::Host {
 public:
  /// `root` is a folder of the test's own.
  explicit TestHost(std::string root, std::string share = "");
  ~TestHost();

  /// Creates the plugin T and starts it. `settings`: its TOML table as JSON.
  template <class T>
  Status load(std::string_view settings = "{}") {
    static constexpr auto kDescriptor = describe_plugin<T>({.id = "test", .version = "1"});
    return load(kDescriptor, settings);
  }
  Status load(const abi::Descriptor& descriptor, std::string_view settings);
  /// Stops and destroys it; returns when nothing is owed any more.
  void unload();

  /// Begins a call as `principal`.
  template <class P, class R>
  Pending begin(std::string_view principal, const Method<P, R>& method, const P& params) {
    return begin_text(principal, method.name, encode_text(params));
  }
  template <class P, class R>
  Result<R> call(std::string_view principal, const Method<P, R>& method, const P& params) {
    return begin(principal, method, params).template get<R>();
  }
  Pending begin_text(std::string_view principal, std::string_view method, std::string params);

  /// Answers what the plugin calls: `fake(caller's plugin params) -> Result<R>`.
  template <class P, class R, class F>
  void fake(const Method<P, R>& method, F answer);
  /// Nobody answers `method` from now on: callers hear `unavailable`.
  void remove_fake(std::string_view method) { fakes_.erase(std::string(method)); }

  /// Delivers an event of another plugin.
  template <class T>
  void emit(const Event<T>& event, const T& value) {
    emit_text(event.topic, encode_text(value));
  }
  void emit_text(std::string_view topic, std::string payload);
  /// What the plugin published under the event's topic, in order.
  template <class T>
  std::vector<T> published(const Event<T>& event) const;
  const std::vector<Published>& all_published() const { return published_; }
  void forget_published() { published_.clear(); }
  const std::vector<Logged>& logged() const { return logged_; }

  /// Moves the clock; timers that come due run in their order, and all that follows from them.
  void advance(milliseconds time);
  /// Blocking work waits from now on, so that a test can ask for something else meanwhile; `let_work_go` runs it
  /// in order.
  void hold_work() { holds_work_ = true; }
  void let_work_go();
  /// Timers that come due complete no more until `let_timers_go`, as on a strand that is busy: it is too late to cancel
  /// them, and what is asked for meanwhile comes first.
  void hold_timers() { holds_timers_ = true; }
  void let_timers_go();
  /// Runs what is ready now.
  void settle();
  /// Runs until `done`; waits for the plugin's own threads. False after the bound (10 s).
  bool run_until(const std::function<bool()>& done);

 private:
  friend class Pending;
  struct Timer {
    std::uint64_t due;
    abi::Completion completion;
  };
  using Fake = std::function<std::pair<Code, std::string>(std::string_view params)>;

  void started(Code code, std::string_view message) noexcept override;
  void stopped() noexcept override;
  void answer(const abi::MethodInfo& method, const abi::Handler& handler) noexcept override;
  void retract(std::string_view method) noexcept override;
  void reply(abi::CallId call, Code code, std::string_view payload) noexcept override;
  void call(const abi::CallInfo& call, const abi::Completion& completion) noexcept override;
  void cancel(void* context) noexcept override;
  void publish(const abi::EventInfo& event) noexcept override;
  void subscribe(std::string_view topic, std::string_view since, const abi::Subscriber& subscriber) noexcept override;
  void unsubscribe(void* context) noexcept override;
  void after(std::uint64_t milliseconds, const abi::Completion& completion) noexcept override;
  void post(const abi::Completion& completion) noexcept override;
  void blocking(void (*work)(void*) noexcept, const abi::Completion& completion) noexcept override;
  void parallel(void (*work)(void*) noexcept, const abi::Completion& completion) noexcept override;
  void log(abi::Level level, std::string_view text) noexcept override;

  void enqueue(std::function<void()> job);
  bool run_one();
  void cancel_call(abi::CallId id);

  const std::string root_, share_;
  const abi::Descriptor* descriptor_ = nullptr;
  abi::Plugin* plugin_ = nullptr;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> ready_, held_work_;
  std::vector<Timer> timers_;
  std::vector<abi::Completion> held_timers_;
  std::uint64_t now_ = 0;
  std::map<std::string, abi::Handler, std::less<>> handlers_;
  std::map<abi::CallId, std::pair<std::shared_ptr<Pending::State>, abi::Handler>> open_calls_;
  std::map<void*, std::pair<std::string, abi::Subscriber>> subscribers_;
  std::map<std::string, Fake, std::less<>> fakes_;
  std::vector<Published> published_;
  std::vector<Logged> logged_;
  abi::CallId next_call_ = 1;
  std::uint64_t next_event_ = 1;
  std::optional<Status> started_;
  bool stopped_ = false, holds_work_ = false, holds_timers_ = false;
};

template <class R>
Result<R> Pending::get() {
  wait();
  if (state_->code != Code::ok) return Error{state_->code, state_->payload};
  return decode_text<R>(state_->payload, Unknown::refuse);
}

template <class P, class R, class F>
void TestHost::fake(const Method<P, R>& method, F answer) {
  fakes_[std::string(method.name)] = [answer =
                                          std::move(answer)](std::string_view params) -> std::pair<Code, std::string> {
    auto decoded = decode_text<P>(params, Unknown::refuse);
    if (!decoded) return {decoded.error().code, decoded.error().message};
    Result<R> result = answer(std::move(*decoded));
    if (!result) return {result.error().code, result.error().message};
    return {Code::ok, encode_text(*result)};
  };
}

template <class T>
std::vector<T> TestHost::published(const Event<T>& event) const {
  std::vector<T> out;
  for (const auto& one : published_) {
    if (one.topic != event.topic) continue;
    auto decoded = decode_text<T>(one.payload, Unknown::refuse);
    if (decoded) out.push_back(std::move(*decoded));
  }
  return out;
}

}  // namespace hive::testing
