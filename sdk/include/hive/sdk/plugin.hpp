#pragma once
#include <hive/sdk/host.hpp>
#include <hive/sdk/signal.hpp>

/// What entry.cpp of a plugin includes: the author's class goes behind the boundary.
namespace hive {
namespace detail {

/// Writes `default` into each member's schema, from the members of `defaults` that are there.
void add_defaults(json::object& schema, const json::value& defaults);

}  // namespace detail

/// Words about a plugin. Lists are separated by spaces; make `calls`, `listens` and `publishes`
/// with names_of and topics_of, so that a renamed contract does not compile.
struct PluginInfo {
  const char* id;
  const char* version;
  const char* provides = "";  // roles: prefixes of the methods and topics that are this plugin's
  const char* needs = "";     // roles that start() cannot do without
  const char* calls = "";     // methods of others
  const char* listens = "";   // topics of others
  const char* publishes = "";
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

/// T is constructed as T(Host&, T::Settings), or T(Host&) without settings; it has `Status start()`.
/// T and all that it holds are destroyed on the strand once nothing is owed, so its destructor is where things end.
template <class T>
class PluginOf final : public abi::Plugin {
 public:
  using Settings = typename SettingsOf<T>::Type;

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

  static abi::Plugin* create(abi::Host* raw, const abi::Environment* environment) noexcept {
    try {
      auto settings = decode_text<Settings>(environment->settings, Unknown::refuse);
      if (!settings) return raw->log(abi::Level::error, settings.error().message), nullptr;
      return new PluginOf(*raw, *environment, std::move(*settings));
    } catch (const std::exception& thrown) {
      return raw->log(abi::Level::error, thrown.what()), nullptr;
    }
  }
  static void destroy(abi::Plugin* plugin) noexcept { delete static_cast<PluginOf*>(plugin); }

  static void describe_settings(abi::Sink sink) noexcept {
    auto described = schema<Settings>();
    detail::add_defaults(described, encode_value(Settings{}));
    const auto text = write_json(described);
    sink.take(sink.context, text);
  }
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
          info.publishes,
          &PluginOf<T>::create,
          &PluginOf<T>::destroy,
          &PluginOf<T>::describe_settings,
          &PluginOf<T>::check_settings,
          info.panel,
          info.snapshot};
}

}  // namespace hive

/// The one symbol that a plugin exports: HIVE_PLUGIN(Class, .id = "hello", .version = "1.0.0", …);
#define HIVE_PLUGIN(type, ...)                                                                             \
  extern "C" __attribute__((visibility("default"))) constinit const hive::abi::Descriptor hive_plugin_v1 = \
      hive::describe_plugin<type>(hive::PluginInfo{__VA_ARGS__})
