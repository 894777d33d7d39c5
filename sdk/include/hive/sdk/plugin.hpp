#pragma once
#include <hive/sdk/draft/described_events.hpp>
#include <hive/sdk/host.hpp>
#include <hive/sdk/signal.hpp>

/// What entry.cpp of a plugin includes: the author's class goes behind the boundary.
namespace hive {
namespace detail {

/// Writes `default` into each member's schema, from the members of `defaults` that are there.
void add_defaults(json::object& schema, const json::value& defaults);

}  // namespace detail

/// Words about a plugin, which live as long as the program. Lists are separated by spaces; make `calls` and `listens`
/// with names_of and `publishes` with published, so that a plugin no longer compiles when a contract that it names was
/// renamed.
struct PluginInfo {
  const char* id;
  const char* version;
  const char* provides = "";  // roles: prefixes of the methods and topics that are this plugin's
  const char* needs = "";     // roles that start() cannot do without
  const char* calls = "";     // methods of others
  const char* listens = "";   // topics of others
  Publishes publishes{};
  const char* panel = "";     // ES module for the operator's page, as "panel-hello.js"
  const char* snapshot = "";  // what the module begins with: words "greetings=hello.list/greetings"
};

/// The settings type of T: `T::Settings`, else none.
template <class T>
struct SettingsOf {
  using Type = None;
};
template <class T>
  requires requires { typename T::Settings; }
struct SettingsOf<T> {
  using Type = typename T::Settings;
};

/// The author's class T behind the boundary. T is constructed as T(Host&, T::Settings), or T(Host&) without settings;
/// it has `Status start()`, whose error is why the plugin does not run. T and all that it holds are destroyed once
/// nothing is owed, so its destructor is where things end. [strand]
template <class T>
class PluginOf final : public abi::Plugin {
 public:
  using Settings = typename SettingsOf<T>::Type;

  /// Constructs T, which may throw. `raw` outlives it.
  PluginOf(abi::Host& raw, const abi::Environment& environment, Settings settings)
      : raw_(raw), host_(raw, environment), plugin_(make(host_, std::move(settings))) {}

  void start() noexcept override {
    try {
      const Status status = plugin_.start();
      raw_.started(status ? Code::ok : status.error().code, status ? "" : status.error().message);
    } catch (const std::exception& thrown) {
      raw_.started(Code::internal, thrown.what());
    }
  }
  void stop() noexcept override {
    static_assert(
        !requires(T& plugin) { plugin.stop(); },
        "handlers still run when a plugin is to stop: end things in its destructor, ask Host::is_stopping");
    host_.stop();
  }

  /// The descriptor's: decodes the settings strictly and constructs. Null, with an error in the log, when they are not
  /// valid or T throws.
  static abi::Plugin* create(abi::Host* raw, const abi::Environment* environment) noexcept {
    try {
      auto settings = decode_text<Settings>(environment->settings, Unknown::refuse);
      if (!settings) return raw->log(abi::Level::error, settings.error().message), nullptr;
      return new PluginOf(*raw, *environment, std::move(*settings));
    } catch (const std::exception& thrown) {
      return raw->log(abi::Level::error, thrown.what()), nullptr;
    }
  }
  /// The descriptor's: destroys T on the calling thread.
  static void destroy(abi::Plugin* plugin) noexcept { delete static_cast<PluginOf*>(plugin); }

  /// The descriptor's: the schema of T's settings, in which the values of `Settings{}` are the defaults. [any-thread]
  static void describe_settings(abi::Sink sink) noexcept {
    auto described = schema<Settings>();
    detail::add_defaults(described, encode_value(Settings{}));
    const auto text = write_json(described);
    sink.take(sink.context, text);
  }
  /// The descriptor's: whether `settings` can be decoded; T is not asked. [any-thread]
  static void check_settings(std::string_view settings, abi::Sink sink) noexcept {
    detail::check_settings_text(settings, sink, [](const json::value& value, Decoding& decoding) {
      Settings out{};
      return Codec<Settings>::decode(value, out, decoding);
    });
  }

 private:
  static T make(Host& host, [[maybe_unused]] Settings settings) {
    if constexpr (std::is_constructible_v<T, Host&, Settings>)
      return T(host, std::move(settings));
    else
      return T(host);
  }

  abi::Host& raw_;
  Host host_;
  T plugin_;
};

/// The descriptor of T for the version of the ABI that this SDK has. HIVE_PLUGIN exports it, TestHost loads it;
/// `info`'s words outlive it.
template <class T>
constexpr abi::Descriptor describe_plugin(const PluginInfo& info) {
  return {sizeof(abi::Descriptor),
          abi::kMajor,
          abi::kMinor,
          abi::kTag,
          info.id,
          info.version,
          info.provides,
          info.needs,
          info.calls,
          info.listens,
          info.publishes.topics,
          &PluginOf<T>::create,
          &PluginOf<T>::destroy,
          &PluginOf<T>::describe_settings,
          &PluginOf<T>::check_settings,
          info.panel,
          info.snapshot};
}

/// The same with what is only a draft of the boundary.
template <class T>
constexpr draft::Descriptor describe_plugin_for_tools(const PluginInfo& info) {
  draft::Descriptor out{describe_plugin<T>(info), info.publishes.describe};
  out.plain.size = sizeof(draft::Descriptor);
  return out;
}

}  // namespace hive

/// The one symbol that a plugin exports: HIVE_PLUGIN(Class, .id = "hello", .version = "1.0.0", …);
#define HIVE_PLUGIN(type, ...)                                                                               \
  extern "C" __attribute__((visibility("default"))) constinit const hive::draft::Descriptor hive_plugin_v1 = \
      hive::describe_plugin_for_tools<type>(hive::PluginInfo{__VA_ARGS__})
