#pragma once
#include "app.hpp"

#include <hive/json_text/json_text.hpp>
#include <hive/rpc/testing/line_peer.hpp>
#include <hive/sdk/plugin.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <deque>
#include <fstream>
#include <future>
#include <thread>

/// A whole host in the test's process, over a temporary root.
namespace hive::host::test {

using namespace std::chrono_literals;
using rpc::testing::LinePeer;
using ::testing::HasSubstr;

/// Waits until `condition` holds. The limit is for a broken test alone; nothing is measured by it.
template <class F>
bool soon(F condition, std::chrono::milliseconds limit = 60s) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    if (condition()) return true;
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
}

/// A folder with links to plugins of tests/plugins, and the root of a host.
class Place {
 public:
  explicit Place(const std::vector<std::string>& plugins = {}) {
    std::filesystem::create_directories(folder_.path() / "plugins");
    for (const auto& plugin : plugins) link(plugin);
  }
  void link(const std::string& plugin) const {
    const std::filesystem::path built = std::filesystem::path(HIVE_BINARY_DIR) / "tests" / "plugins";
    for (const auto* ending : {".so", ".toml"})
      std::filesystem::create_symlink(built / (plugin + ending), folder_.path() / "plugins" / (plugin + ending));
  }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name) << text;
    return folder_.path() / name;
  }
  std::filesystem::path root() const { return folder_.path() / "root"; }
  std::filesystem::path path() const { return folder_.path(); }
  std::filesystem::path socket() const { return root() / "run" / "host.sock"; }
  std::filesystem::path agent_socket(const std::string& name) const {
    return root() / "run" / "agents" / name / "host.sock";
  }

  AppOptions options(std::vector<std::string> given = {}) const {
    AppOptions out;
    out.root = root();
    out.share = folder_.path();
    out.plugin_folders = {folder_.path() / "plugins"};
    out.config.given = std::move(given);
    out.config.given.emplace_back("host.log_level=error");
    out.isolation.program = std::filesystem::path(HIVE_BINARY_DIR) / "bin" / "hive-c0re";
    out.isolation.first_back_off = 10ms;
    return out;
  }
  std::unique_ptr<App> open_with(AppOptions chosen) const {
    auto app = App::open(std::move(chosen));
    EXPECT_TRUE(app) << (app ? "" : app.error().message);
    return app ? std::move(*app) : nullptr;
  }
  std::unique_ptr<App> open(std::vector<std::string> given = {}) const { return open_with(options(std::move(given))); }
  /// Gives an agent its socket, as a runtime plugin would.
  void add_agent(App& app, const std::string& name) const {
    std::filesystem::create_directories(agent_socket(name).parent_path());
    const auto opened = app.agent_sockets().open({name, geteuid(), getegid()});
    EXPECT_TRUE(opened) << opened.error().message;
  }

 private:
  hive::testing::TemporaryFolder folder_;
};

/// A plugin whose start is a function of the test. One type a number, because a descriptor is a constant.
template <int N>
struct Probe {
  static inline std::function<Status(Host&)> on_start;
  static inline Host* host = nullptr;
  explicit Probe(Host& own) { host = &own; }
  ~Probe() {
    host = nullptr;
    on_start = {};
  }
  Status start() { return on_start ? on_start(*host) : Status{}; }

  static abi::Descriptor descriptor() {
    static const std::string id = "probe" + std::to_string(N);
    PluginInfo info;
    info.id = id.c_str();
    info.version = "0";
    info.provides = id.c_str();
    return describe_plugin<Probe>(info);
  }
  struct Rights {
    const char* calls = "";
    const char* listens = "";
    const char* publishes = "";
  };
  static void add(App& app, std::function<Status(Host&)> start, const Rights& rights) {
    auto described = descriptor();
    described.calls = rights.calls;
    described.listens = rights.listens;
    described.publishes = rights.publishes;
    on_start = std::move(start);
    static std::deque<abi::Descriptor> kept;  // a host keeps the descriptors of its plugins as long as the process
    app.add(kept.emplace_back(described));
  }
  static void add(App& app, std::function<Status(Host&)> start = {}) { add(app, std::move(start), {}); }
};

/// Runs `job` on the plugin's strand and waits for it.
inline void on_strand(Host& host, std::function<void()> job) {
  struct Posted {
    std::function<void()> job;
    std::promise<void> ran;
  } posted{std::move(job), {}};
  auto ran = posted.ran.get_future();
  host.raw().post({[](void* context, Code, std::string_view) noexcept {
                     auto& self = *static_cast<Posted*>(context);
                     self.job();
                     auto done = std::move(self.ran);
                     done.set_value();
                   },
                   &posted});
  ran.wait();
}

template <class P, class R>
Task<> call_into(Host* host, Method<P, R> method, P params, std::string as, std::promise<Result<R>>* out) {
  if (as.empty()) {
    auto result = co_await host->call(method, params);
    out->set_value(std::move(result));
  } else {
    auto result = co_await host->call_as(as, method, params);
    out->set_value(std::move(result));
  }
}

/// Calls as the probe, from the test's thread.
template <class P, class R>
Result<R> call(Host& host, const Method<P, R>& method, P params, std::string as = {}) {
  std::promise<Result<R>> out;
  auto future = out.get_future();
  on_strand(host, [&] { host.spawn(call_into<P, R>(&host, method, params, as, &out)); });
  return future.get();
}

inline host_api::Plugin plugin_of(App& app, const std::string& id) {
  for (auto& plugin : app.plugins().list())
    if (plugin.id == id) return plugin;
  ADD_FAILURE() << "no plugin " << id;
  return {};
}

}  // namespace hive::host::test
