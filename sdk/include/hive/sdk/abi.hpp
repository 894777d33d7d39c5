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

enum class Level : std::uint32_t { trace, debug, info, warning, error };

using CallId = std::uint64_t;

/// Called exactly once, also after a cancel. `context` is also the name to cancel it by, so it is
/// unique among what the plugin is owed. `payload`: JSON when ok (empty for timers), else a sentence.
struct Completion {
  void (*done)(void* context, Code code, std::string_view payload) noexcept;
  void* context;
};

struct Handler {
  void (*call)(void* context, CallId call, std::string_view caller, std::string_view params) noexcept;
  /// Nobody waits for `call` any more. It may be unknown by now; a reply to it is still allowed.
  void (*cancel)(void* context, CallId call) noexcept;
  /// Exactly once and last. ok: it was retracted; else why the host refused it.
  void (*ended)(void* context, Code why, std::string_view message) noexcept;
  void* context;
};

struct EventView {
  std::string_view topic, epoch, payload;
  std::uint64_t seq;
};

struct Subscriber {
  void (*event)(void* context, const EventView& event) noexcept;
  /// Exactly once and last. cancelled: it was asked for; busy: the queue was full, events are lost.
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

/// What a plugin may ask of the host. [strand] unless said otherwise. Grows at the end only.
class Host {
 public:
  virtual void started(Code code, std::string_view message) noexcept = 0;
  /// Answers Plugin::stop: nothing is owed any more, the plugin may be destroyed.
  virtual void stopped() noexcept = 0;
  virtual void answer(const MethodInfo& method, const Handler& handler) noexcept = 0;
  /// New calls are refused; running ones go on and may still reply.
  virtual void retract(std::string_view method) noexcept = 0;
  virtual void reply(CallId call, Code code, std::string_view payload) noexcept = 0;
  virtual void call(const CallInfo& call, const Completion& completion) noexcept = 0;
  /// Asks for the completion of a call or timer now. Unknown contexts are ignored.
  virtual void cancel(void* context) noexcept = 0;
  virtual void publish(const EventInfo& event) noexcept = 0;
  /// `since`: empty, or the `epoch-seq` after which to replay.
  virtual void subscribe(std::string_view topic, std::string_view since, const Subscriber& subscriber) noexcept = 0;
  virtual void unsubscribe(void* context) noexcept = 0;
  virtual void after(std::uint64_t milliseconds, const Completion& completion) noexcept = 0;
  /// Runs the completion on the strand. [any-thread]
  virtual void post(const Completion& completion) noexcept = 0;
  /// Runs `work(context)` on the plugin's worker thread, one at a time and in order, then the
  /// completion.
  virtual void blocking(void (*work)(void* context) noexcept, const Completion& completion) noexcept = 0;
  /// The same without the order: several may run at once.
  virtual void parallel(void (*work)(void* context) noexcept, const Completion& completion) noexcept = 0;
  /// [any-thread]
  virtual void log(Level level, std::string_view text) noexcept = 0;

 protected:
  ~Host() = default;
};

/// Never grows: what comes later is a size-gated entry of the descriptor. [strand]
class Plugin {
 public:
  virtual void start() noexcept = 0;
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

/// Takes text that a plugin's function hands over; the text is valid during the call only.
struct Sink {
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
  /// Null: out of memory, or a constructor that threw.
  Plugin* (*create)(Host* host, const Environment* environment) noexcept;
  void (*destroy)(Plugin* plugin) noexcept;
  /// Hands over a JSON object: the settings' schema as hive::schema() makes it.
  void (*describe_settings)(Sink sink) noexcept;
  /// Decodes `settings` and hands over nothing when it is valid, else `path` and then one sentence.
  void (*check_settings)(std::string_view settings, Sink sink) noexcept;
  // Since 1.1.
  /// Name of the ES module in the installation's web folder that shows the plugin on the operator's page.
  const char* panel;
  /// Its part of the page's state: words `key=method/member`, a list that the method answers to `{}`.
  const char* snapshot;
};

}  // namespace hive::abi
