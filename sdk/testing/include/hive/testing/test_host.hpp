#pragma once
#include <hive/sdk/plugin.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

/// An in-memory host for unit tests: one plugin, one thread, a clock that the test moves. Other plugins are fakes that
/// the test answers for. Nothing here sleeps; only work that the plugin gave to threads of its own is waited for, for
/// at most 10 s.
namespace hive::testing {

/// One call that has begun. The first of reply and cancel settles it. The host outlives it; used by the test's thread.
class Pending {
 public:
  /// How it was settled; `payload` is JSON when ok, else a sentence.
  struct State {
    bool settled = false;
    Code code = Code::ok;
    std::string payload;
  };
  /// For TestHost.
  Pending(class TestHost& host, abi::CallId id, std::shared_ptr<State> state)
      : host_(host), id_(id), state_(std::move(state)) {}

  /// Whether get() has the answer at once.
  bool settled() const { return state_->settled; }
  /// The caller goes away: the call is `cancelled`, and the plugin is told. Nothing when it is settled.
  void cancel();
  /// Waits for the answer and decodes it; members that R does not have are an error. Errors: the plugin's, cancelled,
  /// timeout (none came within 10 s), invalid_params (it is no R).
  template <class R>
  Result<R> get();

 private:
  void wait();

  TestHost& host_;
  abi::CallId id_;
  std::shared_ptr<State> state_;  // shared with the host's table of open calls
};

/// An event that the plugin published; `payload` is JSON.
struct Published {
  std::string topic, subject, payload;
};
/// A line that the plugin logged.
struct Logged {
  abi::Level level;
  std::string text;
};

/// The host of one plugin, owned and called by the test on one thread; threads of the plugin's own may post and log, as
/// they may elsewhere. What a manifest allows is not checked: the plugin may call, publish and hear anything. What sets
/// the plugin to work runs all that is ready before it returns.
class TestHost final : public abi::Host {
 public:
  /// `root` is a folder of the test's own; any path will do for a plugin that stores nothing.
  explicit TestHost(std::string root, std::string share = "");
  ~TestHost();

  /// Creates the plugin T and starts it; one at a time. `settings`: its TOML table as JSON. Errors: the plugin's own,
  /// of start(); internal (it could not be made, with what it logged last), timeout (no answer within 10 s).
  template <class T>
  Status load(std::string_view settings = "{}") {
    static constexpr auto kDescriptor = describe_plugin<T>({.id = "test", .version = "1"});
    return load(kDescriptor, settings);
  }
  /// The same for a descriptor, which outlives the plugin.
  Status load(const abi::Descriptor& descriptor, std::string_view settings);
  /// Stops and destroys it, when nothing is owed any more or after 10 s. Nothing when none is loaded.
  void unload();

  /// Begins a call as `principal`; the method's callers are not checked. A method that the plugin does not answer is
  /// method_not_found.
  template <class P, class R>
  Pending begin(std::string_view principal, const Method<P, R>& method, const P& params) {
    return begin_text(principal, method.name, encode_text(params));
  }
  /// The same, and waits for the answer, see Pending::get.
  template <class P, class R>
  Result<R> call(std::string_view principal, const Method<P, R>& method, const P& params) {
    return begin(principal, method, params).template get<R>();
  }
  /// begin() with params as JSON text, which may be wrong.
  Pending begin_text(std::string_view principal, std::string_view method, std::string params);

  /// Answers what the plugin calls, until another fake takes its place: `answer(P) -> Result<R>`. It is called inside
  /// the plugin's call, and its answer comes later. As whom the plugin calls is not checked.
  template <class P, class R, class F>
  void fake(const Method<P, R>& method, F answer);
  /// Nobody answers `method` from now on: callers hear `unavailable`.
  void remove_fake(std::string_view method) { fakes_.erase(std::string(method)); }

  /// Delivers an event of another plugin, when the plugin has subscribed to its topic or to all; what the plugin
  /// publishes itself is delivered to it in the same way.
  template <class T>
  void emit(const Event<T>& event, const T& value) {
    emit_text(event.topic, encode_text(value));
  }
  /// emit() with a payload as JSON text, which may be wrong.
  void emit_text(std::string_view topic, std::string payload);
  /// What the plugin published under the event's topic, in order; what is no T is left out.
  template <class T>
  std::vector<T> published(const Event<T>& event) const;
  /// The same of all topics. Valid until the host is called again, as what `logged` gives is.
  const std::vector<Published>& all_published() const { return published_; }
  /// Empties what the two above give.
  void forget_published() { published_.clear(); }
  /// What the plugin logged, in order. Not to be asked while a thread of the plugin may log.
  const std::vector<Logged>& logged() const { return logged_; }

  /// Moves the time of timers; those that come due run in their order, and all that follows from them. The wall clock
  /// is ManualClock's.
  void advance(milliseconds time);
  /// Blocking work waits from now on, so that a test can ask for something else meanwhile; `let_work_go` runs it
  /// in order.
  void hold_work() { holds_work_ = true; }
  /// Runs what waited, and lets blocking work run at once again.
  void let_work_go();
  /// Timers that come due complete no more until `let_timers_go`, as on a strand that is busy: it is too late to cancel
  /// them, and what is asked for meanwhile comes first.
  void hold_timers() { holds_timers_ = true; }
  /// Completes the timers that waited, and lets the others complete in their time again.
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

  void deliver(std::string_view topic, const std::string& payload);
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
