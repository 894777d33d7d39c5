#pragma once
#include <hive/sdk/method.hpp>
#include <hive/sdk/operation.hpp>
#include <hive/sdk/reply.hpp>

#include <filesystem>
#include <memory>
#include <unordered_map>

namespace hive {

/// Who called: "operator", "manager", "agent:<name>" or "plugin:<id>".
struct Caller {
  std::string principal;

  Who who() const { return who_is(principal); }
  /// The mailbox and roster name: "operator", "manager", or the agent's or plugin's own.
  std::string_view name() const {
    const auto colon = principal.find(':');
    return std::string_view(principal).substr(colon == principal.npos ? 0 : colon + 1);
  }
};
struct Stamp {
  std::string epoch;
  std::uint64_t seq = 0;
};

/// An event that is passed on unread.
struct EventText {
  std::string topic, payload;
};
/// The topic that stands for all.
inline constexpr std::string_view kAllTopics = "*";

namespace detail {
struct Registered;
}

/// The host as plugin code sees it: typed, in coroutines. One a plugin. [strand]
///
/// What `call` and `blocking` take must have a name: g++ 12 destroys temporaries of an awaited call
/// twice, so temporaries do not compile here.
class Host {
 public:
  Host(abi::Host& raw, const abi::Environment& environment)
      : raw_(raw), root_(environment.root), share_(environment.share) {}
  Host(const Host&) = delete;

  /// The hive's root folder. A plugin keeps its store there, as `<id>.sqlite`.
  const std::filesystem::path& root() const { return root_; }
  /// Read-only files of the installation.
  const std::filesystem::path& share() const { return share_; }

  /// Whether the plugin is to end. From then on nothing of it begins: no handler of a call or event, no timer's, no
  /// task. What runs is cancelled and goes on to its end, and whatever it uses is there until then.
  bool is_stopping() const { return life_ != Life::running; }

  /// Answers `method` with `handler(Caller, Params)`, which returns Result<Reply> or Task<Result<Reply>>. `narrower`:
  /// limits of the settings that the handler holds, for the schema of the tool.
  template <class P, class R, class F>
  void answer(const Method<P, R>& method, F handler, std::initializer_list<MostBytes> narrower = {});
  /// New calls are refused. Running frames, and the handler that they use, live until they end.
  void retract(std::string_view method) { raw_.retract(method); }

  /// Awaited, calls another plugin: Result<R>. Errors: the method's own; forbidden (it is not in `.calls`), unavailable
  /// (nobody answers it now), timeout (its deadline has passed), cancelled.
  template <class P, class R>
  auto call(const Method<P, R>& method, const P& params) {
    return detail::CallOperation<R>(raw_, method.name, encode_text(params), {});
  }
  template <class P, class R>
  void call(const Method<P, R>&, const P&&) = delete;  // give the parameters a name
  template <class P, class R>
  auto call_as(std::string principal, const Method<P, R>& method, const P& params) {
    return detail::CallOperation<R>(raw_, method.name, encode_text(params), std::move(principal));
  }
  template <class P, class R>
  void call_as(std::string, const Method<P, R>&, const P&&) = delete;

  /// A call by name, `params` and result being JSON text that nobody reads on the way. `as`: empty, or a
  /// principal that this plugin may act as.
  auto call_text(std::string_view method, const std::string& params, std::string_view as = {}) {
    return detail::CallTextOperation(raw_, std::string(method), params, std::string(as));
  }
  auto call_text(std::string_view, const std::string&&, std::string_view = {}) = delete;

  template <class T>
  void publish(const Event<T>& event, const T& value, std::string_view subject = {}) {
    const auto payload = encode_text(value);
    raw_.publish({event.topic, subject, payload});
  }
  /// `handler(Stamp, T)`, plain or Task<>; `ended(Error)` once when no more events will come, unless the plugin stops.
  template <class T, class F, class G>
  void subscribe(const Event<T>& event, F handler, G ended, std::string_view since = {});
  template <class T, class F>
  void subscribe(const Event<T>& event, F handler) {
    subscribe(event, std::move(handler), [](Error) {});
  }

  /// Every event that the operator may see, in the order of their stamps: `handler(Stamp, EventText)`. For a
  /// plugin whose `listens` is "*" and that may act as the operator.
  template <class F, class G>
  void subscribe_all(F handler, G ended);

  auto sleep(milliseconds time) { return detail::SleepOperation(raw_, time); }
  template <class F>
  void after(milliseconds time, F handler) {
    spawn(run_after(time, std::move(handler)));
  }
  template <class F>
  void every(milliseconds period, F handler) {
    spawn(run_every(period, std::move(handler)));
  }
  /// Runs a task of the plugin's own; `stop` cancels it.
  void spawn(Task<> task) {
    if (!is_stopping()) run(*this, std::move(task));
  }

  /// Awaited, runs `work` on the plugin's worker thread: one at a time, in order. `work` needs a name.
  template <class F>
  auto blocking(F& work) {
    return detail::BlockingOperation<F>(raw_, work, detail::Order::in_turn);
  }
  /// The same beside other work: no order, several at once.
  template <class F>
  auto parallel(F& work) {
    return detail::BlockingOperation<F>(raw_, work, detail::Order::any);
  }
  /// Runs `job` on the strand, from any thread; never inside this call. It runs while the plugin stops too, for a
  /// handler may wait for it. What arrives after the plugin's end is dropped, but this object must still be there
  /// when post is called: end your threads in the destructor. [any-thread]
  template <class F>
  void post(F job);

  void trace(std::string_view text) { raw_.log(abi::Level::trace, text); }
  void debug(std::string_view text) { raw_.log(abi::Level::debug, text); }
  void info(std::string_view text) { raw_.log(abi::Level::info, text); }
  void warn(std::string_view text) { raw_.log(abi::Level::warning, text); }
  void fail(std::string_view text) { raw_.log(abi::Level::error, text); }
  /// Cancels all that runs and tells the host `stopped` when nothing is owed any more.
  void stop();
  abi::Host& raw() { return raw_; }

 private:
  template <class F>
  struct Answer;
  template <class F, class G>
  struct Listener;

  /// Makes a running handler known to `cancel` and to `stop`.
  class Running {
   public:
    Running(Host& host, abi::CallId id, Scope& scope) : host_(host), id_(id) {
      host_.running_.emplace(id, &scope);
      scope.cancelled = host_.is_stopping();
    }
    ~Running() {
      host_.running_.erase(id_);
      host_.finish_when_idle();
    }

   private:
    Host& host_;
    abi::CallId id_;
  };

  template <class R>
  static detail::Detached serve(Host& host, detail::Reply owed, abi::CallId id,
                                std::shared_ptr<detail::Registered> keep, Task<Result<R>> task);
  static detail::Detached run(Host& host, Task<> task, std::shared_ptr<detail::Registered> keep = {});
  template <class F>
  Task<> run_after(milliseconds time, F handler);
  template <class F>
  Task<> run_every(milliseconds period, F handler);
  void finish_when_idle();

  abi::Host& raw_;
  const std::filesystem::path root_, share_;
  std::unordered_map<abi::CallId, Scope*> running_;
  std::unordered_map<detail::Registered*, std::string> answers_;
  std::unordered_map<detail::Registered*, std::string> listeners_;
  abi::CallId next_own_ = abi::CallId(1) << 63;  // the host's own numbers stay below
  enum class Life { running, stopping, stopped } life_ = Life::running;
  // Shared weakly with posted jobs: one that arrives after the plugin's end finds out on the strand.
  std::shared_ptr<const char> alive_ = std::make_shared<const char>();
};

}  // namespace hive

#include <hive/sdk/host_inline.hpp>
