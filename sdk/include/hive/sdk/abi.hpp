#pragma once
#include <hive/sdk/version.hpp>

#include <cstdint>
#include <string_view>

/// The binary boundary between host and plugin: these types, and nothing else, cross it.
///
/// Every function of `Host` returns void: a refusal is a completion like any other, so a plugin may
/// live in another process. Callbacks never run inside the Host function that asked for them. Text
/// and JSON are UTF-8 and valid only during the call that passes them. No exception crosses.
namespace hive::abi {

/// How a call, a start or a registration ended; see hive::Error. A number that this side does not know counts as
/// `internal`.
enum class Code : std::uint32_t {
  ok,
  invalid_params,
  method_not_found,
  not_found,
  forbidden,
  unavailable,
  timeout,
  conflict,
  too_large,
  busy,
  cancelled,
  internal,
};

/// How much a line of the log matters to the operator.
enum class Level : std::uint32_t { trace, debug, info, warning, error };

/// Names one call to the plugin that answers it.
using CallId = std::uint64_t;

/// Whom the host tells that something has ended: `done` is called exactly once, also after a cancel. `context` is also
/// the name to cancel it by, so it is unique among what the plugin is owed. [strand]
struct Completion {
  /// `payload`, valid during the call only: for a call that ended ok its result as JSON, for anything else that did
  /// empty; otherwise a sentence.
  void (*done)(void* context, Code code, std::string_view payload) noexcept;
  void* context;
};

/// Who answers a method. The plugin keeps what `context` leads to until `ended` has been called. [strand]
struct Handler {
  /// One call, which the plugin owes one `Host::reply`, now or later. `caller` is a principal, `params` one JSON
  /// value; both are valid during the call only.
  void (*call)(void* context, CallId call, std::string_view caller, std::string_view params) noexcept;
  /// Nobody waits for `call` any more. It may be unknown by now; a reply to it is still owed, and goes nowhere.
  void (*cancel)(void* context, CallId call) noexcept;
  /// Exactly once and last. ok: it was retracted, or replaced by another answer of the same plugin; else why the host
  /// refused it.
  void (*ended)(void* context, Code why, std::string_view message) noexcept;
  void* context;
};

/// One event as a subscriber gets it; valid during the call only. `epoch` and `seq` are its stamp: they order all
/// events of one run of the host, and `epoch-seq` is what Host::subscribe takes as `since`. `payload` is one JSON
/// value.
struct EventView {
  std::string_view topic, epoch, payload;
  std::uint64_t seq;
};

/// Who hears a topic. The plugin keeps what `context` leads to until `ended` has been called. [strand]
struct Subscriber {
  /// One event, in the order of the stamps.
  void (*event)(void* context, const EventView& event) noexcept;
  /// Exactly once and last. cancelled: it was asked for; busy: the queue was full, and events are lost; forbidden: the
  /// manifest does not list the topic, or it is not for plugins; not_found: the host cannot replay what came after
  /// `since`.
  void (*ended)(void* context, Code why, std::string_view message) noexcept;
  void* context;
};

/// `callers`: bits of hive::Who. `about`: a JSON object with schemas and words for tools and CLI, as
/// hive::about(method) makes it. The host checks it when the method is offered, and gives it in `methods.list`.
struct MethodInfo {
  std::string_view name;
  std::uint32_t callers;
  std::uint32_t deadline_ms;
  std::string_view about;
};

/// `as`: empty, or a principal that `[host] may_act_as` allows this plugin.
struct CallInfo {
  std::string_view method, params, as;
};

/// `topic` stands in the descriptor's `publishes`, which also says who may see it.
/// `subject`: the agent that an event for `self` is about.
struct EventInfo {
  std::string_view topic, subject, payload;
};

/// What a plugin may ask of the host, which owns it: it is there from `create` until `destroy` has returned. What is
/// passed to a function is read before that returns. [strand] unless said otherwise. Grows at the end only.
class Host {
 public:
  /// Answers Plugin::start, once: ok, or the code and a sentence that say why the plugin cannot run. What comes later
  /// is ignored.
  virtual void started(Code code, std::string_view message) noexcept = 0;
  /// Answers Plugin::stop: nothing is owed any more. The host destroys the plugin soon, but not inside this call.
  virtual void stopped() noexcept = 0;
  /// Offers a method of one of the plugin's roles; an earlier answer of the same name ends with ok. `handler.ended`
  /// tells of a refusal: forbidden (not one of its roles), conflict (another plugin, tool or alias has the name, or its
  /// description is too long), or what is wrong with `about`.
  virtual void answer(const MethodInfo& method, const Handler& handler) noexcept = 0;
  /// New calls are refused; running ones go on and may still reply. A method that is not answered is ignored.
  virtual void retract(std::string_view method) noexcept = 0;
  /// Settles a call with one JSON value of at most 1 MiB, or with a code and a sentence. A second reply, or one to a
  /// call that the plugin does not answer, is ignored. The caller of a longer answer hears too_large, of one that is no
  /// JSON internal.
  virtual void reply(CallId call, Code code, std::string_view payload) noexcept = 0;
  /// Calls a method. The completion has the method's own errors, and forbidden (`calls` of the manifest does not list
  /// it, `as` is not allowed, or the method is not for this caller), method_not_found, unavailable (nobody answers it
  /// now), timeout (its deadline has passed), too_large (params over 1 MiB), invalid_params, cancelled.
  virtual void call(const CallInfo& call, const Completion& completion) noexcept = 0;
  /// Asks for the completion of a call or timer now, with `cancelled`; one that is on its way comes as it is. Blocking
  /// work is not cancelled. Unknown contexts are ignored.
  virtual void cancel(void* context) noexcept = 0;
  /// Hands an event to all subscribers that may see it. An event whose topic the manifest does not list, or whose
  /// payload is not one JSON value of at most 1 MiB, is not published, and an error is logged.
  virtual void publish(const EventInfo& event) noexcept = 0;
  /// Delivers a topic's events from now on, or `*` for all that the operator may see. `since`: empty, or the
  /// `epoch-seq` after which to replay. `subscriber.ended` tells of a refusal.
  virtual void subscribe(std::string_view topic, std::string_view since, const Subscriber& subscriber) noexcept = 0;
  /// Ends the subscription of that subscriber; what was queued for it is dropped. Unknown contexts are ignored.
  virtual void unsubscribe(void* context) noexcept = 0;
  /// Completes once the time has passed, by the steady clock.
  virtual void after(std::uint64_t milliseconds, const Completion& completion) noexcept = 0;
  /// Runs the completion on the strand. [any-thread]
  virtual void post(const Completion& completion) noexcept = 0;
  /// Runs `work(context)` on the plugin's worker thread, one at a time and in order, then the
  /// completion.
  virtual void blocking(void (*work)(void* context) noexcept, const Completion& completion) noexcept = 0;
  /// The same without the order and on other threads: several may run at once.
  virtual void parallel(void (*work)(void* context) noexcept, const Completion& completion) noexcept = 0;
  /// Writes one line to the hive's log, under the plugin's id. [any-thread]
  virtual void log(Level level, std::string_view text) noexcept = 0;

 protected:
  ~Host() = default;
};

/// One plugin as the host drives it. The plugin's own `create` makes it and its `destroy` ends it. Never grows: what
/// comes later is a size-gated entry of the descriptor. [strand]
class Plugin {
 public:
  /// Begins the work; called once. The plugin answers with Host::started, now or later.
  virtual void start() noexcept = 0;
  /// Ends the work; called once, also while a start has not been answered. The plugin answers with Host::stopped when
  /// nothing is owed any more: each reply, each completion, each `ended`.
  virtual void stop() noexcept = 0;

 protected:
  ~Plugin() = default;
};

/// What a plugin is created with; valid during `create` only. Grows at the end only, read up to `size`.
struct Environment {
  std::uint32_t size;
  std::string_view root;      // the hive's root folder, absolute and canonical
  std::string_view share;     // the installation's read-only files (prompts, web); absolute
  std::string_view settings;  // the plugin's own TOML table as a JSON object
};

/// Takes text that a plugin's function hands over.
struct Sink {
  /// `text` is valid during the call only.
  void (*take)(void* context, std::string_view text) noexcept;
  void* context;
};

/// The one exported symbol, `hive_plugin_v1`. Read field by field, in this order, up to `size`.
/// Lists are words separated by one space; absent ones are "".
struct Descriptor {
  std::uint32_t size, abi_major, abi_minor;
  const char* abi_tag;
  const char* id;
  const char* version;
  const char* provides;   // roles; the plugin answers methods and publishes topics of these alone
  const char* needs;      // roles without which start() cannot do; they order the start
  const char* calls;      // methods that it may call
  const char* listens;    // topics that it may subscribe to
  const char* publishes;  // `topic:audience`, audience a decimal number of hive::Who bits
  /// Makes the plugin, which the host owns from then on. Null: it could not be made, and the log says why. [strand]
  Plugin* (*create)(Host* host, const Environment* environment) noexcept;
  /// Ends what `create` made, once. [strand]
  void (*destroy)(Plugin* plugin) noexcept;
  /// Hands over a JSON object: the settings' schema as hive::schema() makes it, with defaults. [any-thread]
  void (*describe_settings)(Sink sink) noexcept;
  /// Decodes `settings` and hands over nothing when it is valid, else the path and then what was wanted there, or why
  /// it is no JSON. [any-thread]
  void (*check_settings)(std::string_view settings, Sink sink) noexcept;
  // Since 1.1.
  /// Name of the ES module in the installation's web folder that shows the plugin on the operator's page.
  const char* panel;
  /// Its part of the page's state: words `key=method/member`, a list that the method answers to `{}`.
  const char* snapshot;
};

}  // namespace hive::abi
