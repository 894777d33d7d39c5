#pragma once
#include <hive/sdk/method.hpp>
#include <hive/sdk/operation.hpp>
#include <hive/sdk/reply.hpp>

#include <filesystem>
#include <memory>
#include <unordered_map>

namespace hive {

/// Who called: "operator", "manager", "agent:<name>" or "plugin:<id>". The host has made sure of it.
struct Caller {
  std::string principal;

  /// Which kind of caller it is.
  Who who() const { return who_is(principal); }
  /// The mailbox and roster name: "operator", "manager", or the agent's or plugin's own. A view of `principal`.
  std::string_view name() const {
    const auto colon = principal.find(':');
    return std::string_view(principal).substr(colon == principal.npos ? 0 : colon + 1);
  }
};

/// The place of an event in the order of all events of one run of the host. `epoch-seq` is what `subscribe` takes as
/// `since`; another epoch means that the host was started anew, so its events cannot be compared with earlier ones.
struct Stamp {
  std::string epoch;
  std::uint64_t seq = 0;
};

/// An event that is passed on unread: `payload` is one JSON value.
struct EventText {
  std::string topic, payload;
};
/// The topic that stands for all.
inline constexpr std::string_view kAllTopics = "*";

namespace detail {
struct Registered;
}

/// The host as plugin code sees it: typed, in coroutines. One a plugin, owned by the SDK: it is there from the plugin's
/// constructor until its destructor has returned. Handlers run on the plugin's strand, one at a time; another may run
/// wherever one awaits. A std::exception of a handler is its caller's `internal`, or an error in the log; anything else
/// that it throws ends the process. All functions are [strand] unless they say otherwise.
///
/// What `call` and `blocking` take must have a name: g++ 12 destroys temporaries of an awaited call
/// twice, so temporaries do not compile here.
class Host {
 public:
  /// For PluginOf. `raw` outlives it; the texts of `environment` are copied.
  Host(abi::Host& raw, const abi::Environment& environment)
      : raw_(raw), root_(environment.root), share_(environment.share) {}
  Host(const Host&) = delete;

  /// The hive's root folder. A plugin keeps its store there, as `<id>.sqlite`.
  const std::filesystem::path& root() const { return root_; }
  /// The folder of the installation's read-only files.
  const std::filesystem::path& share() const { return share_; }

  /// Whether the plugin is to end. From then on nothing of it begins: no handler of a call or event, no timer's, no
  /// task. What runs is cancelled and goes on to its end, and whatever it uses is there until then.
  bool is_stopping() const { return life_ != Life::running; }

  /// Answers `method` with `handler(Caller, Params)`, which returns Result<Reply> or Task<Result<Reply>>. Params that
  /// do not fit are refused before it is called. A second answer to the same method replaces the first. `narrower`:
  /// limits of the settings that the handler holds, for the schema of the tool. A method that the host refuses (not of
  /// the plugin's roles, or a name that is taken) is an error in the log and stays without an answer.
  template <class P, class R, class F>
  void answer(const Method<P, R>& method, F handler, std::initializer_list<MostBytes> narrower = {});
  /// Takes back an answer: new calls are refused. Running frames, and the handler that they use, live until they end.
  void retract(std::string_view method) { raw_.retract(method); }

  /// Awaited, calls a method: Result<R>. Members of the result that R does not have are ignored. Errors: the method's
  /// own; forbidden (it is neither in `.calls` nor of the plugin's own roles, or is not for plugins), method_not_found,
  /// unavailable (nobody answers it now), timeout (its deadline has passed), too_large (params over 1 MiB),
  /// invalid_params (also: the result is no R), cancelled (the caller of this handler went away, or the plugin stops;
  /// the method may be carried out all the same).
  template <class P, class R>
  auto call(const Method<P, R>& method, const P& params) {
    return detail::CallOperation<R>(raw_, method.name, encode_text(params), {});
  }
  template <class P, class R>
  void call(const Method<P, R>&, const P&&) = delete;  // give the parameters a name
  /// The same in the name of `principal`, whose rights count in place of the plugin's. Errors also: forbidden (the
  /// plugin is not in `[host] may_act_as` for it).
  template <class P, class R>
  auto call_as(std::string principal, const Method<P, R>& method, const P& params) {
    return detail::CallOperation<R>(raw_, method.name, encode_text(params), std::move(principal));
  }
  template <class P, class R>
  void call_as(std::string, const Method<P, R>&, const P&&) = delete;

  /// Awaited, calls a method by name: Result<std::string>, a call whose params and result are JSON text that nobody
  /// reads on the way. `as`: empty, or a principal that this plugin may act as. Errors: as `call` and `call_as`.
  auto call_text(std::string_view method, const std::string& params, std::string_view as = {}) {
    return detail::CallTextOperation(raw_, std::string(method), params, std::string(as));
  }
  auto call_text(std::string_view, const std::string&&, std::string_view = {}) = delete;

  /// Hands `value` to all who may see the event. `subject`: for the audience `self`, the name of the agent that the
  /// event is about. An event that is not in `.publishes`, or is over 1 MiB, is not published, and the host logs an
  /// error.
  template <class T>
  void publish(const Event<T>& event, const T& value, std::string_view subject = {}) {
    const auto payload = encode_text(value);
    raw_.publish({event.topic, subject, payload});
  }
  /// Calls `handler(Stamp, T)`, plain or Task<>, for each event from now on, or after the stamp `since`. One that is
  /// no T is left out and logged. A Task does not hold up the next event. `ended(Error)` is called once when no more
  /// events will come, unless the plugin stops: busy (the handler was too slow and events are lost), forbidden (the
  /// topic is not in `.listens`, or is not for plugins), not_found (the host cannot replay what came after `since`).
  template <class T, class F, class G>
  void subscribe(const Event<T>& event, F handler, G ended, std::string_view since = {});
  /// The same for a handler that need not know when the events end; after a refusal it is never called, and nothing
  /// says so.
  template <class T, class F>
  void subscribe(const Event<T>& event, F handler) {
    subscribe(event, std::move(handler), [](Error) {});
  }

  /// Calls `handler(Stamp, EventText)`, a plain function, for every event that the operator may see, in the order of
  /// their stamps; `ended` as above. For a plugin whose `listens` is "*" and that may act as the operator.
  template <class F, class G>
  void subscribe_all(F handler, G ended);

  /// Awaited, waits by the steady clock: Status. Errors: cancelled.
  auto sleep(milliseconds time) { return detail::SleepOperation(raw_, time); }
  /// Calls `handler()`, plain or Task<>, once `time` has passed, unless the plugin stops before.
  template <class F>
  void after(milliseconds time, F handler) {
    spawn(run_after(time, std::move(handler)));
  }
  /// Calls `handler()`, plain or Task<>, again and again until the plugin stops: the first time after one `period`,
  /// then one period after it has ended, so it never runs twice at once. One that throws is called no more.
  template <class F>
  void every(milliseconds period, F handler) {
    spawn(run_every(period, std::move(handler)));
  }
  /// Runs a task of the plugin's own: at once, inside this call, up to where it first waits. `stop` cancels it; after
  /// that a new one is dropped. What it throws is logged.
  void spawn(Task<> task) {
    if (!is_stopping()) run(*this, std::move(task));
  }

  /// Awaited, runs `work` on the plugin's worker thread, one at a time and in order: Result of what it returns, which
  /// is not void. `work` needs a name. Once asked for it cannot be cancelled: what it uses has to be there until it has
  /// run. Errors: internal (it threw), cancelled (asked for after its caller went away; it has not run).
  template <class F>
  auto blocking(F& work) {
    return detail::BlockingOperation<F>(raw_, work, detail::Order::in_turn);
  }
  /// The same on other threads beside that work: no order, several at once.
  template <class F>
  auto parallel(F& work) {
    return detail::BlockingOperation<F>(raw_, work, detail::Order::any);
  }
  /// Runs `job` on the strand, never inside this call. It must not throw: that ends the process. It runs while the
  /// plugin stops too, for a handler may wait for it. What arrives after the plugin's end is dropped, but this object
  /// must still be there when post is called: end your threads in the destructor. [any-thread]
  template <class F>
  void post(F job);

  // Each of these writes one line to the hive's log, under the plugin's id.

  /// Each single step, for following one plugin closely. [any-thread]
  void trace(std::string_view text) { raw_.log(abi::Level::trace, text); }
  /// What helps to find the cause of something. [any-thread]
  void debug(std::string_view text) { raw_.log(abi::Level::debug, text); }
  /// News for the operator. [any-thread]
  void info(std::string_view text) { raw_.log(abi::Level::info, text); }
  /// Something went wrong, and the plugin copes with it. [any-thread]
  void warn(std::string_view text) { raw_.log(abi::Level::warning, text); }
  /// Something was not done that should have been. Only a line of the log: nothing else changes. [any-thread]
  void fail(std::string_view text) { raw_.log(abi::Level::error, text); }
  /// For PluginOf. Cancels all that runs and tells the host `stopped` when nothing is owed any more.
  void stop();
  /// The boundary itself, for code that has something new to await, see HostOperation. Lives longer than this.
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
