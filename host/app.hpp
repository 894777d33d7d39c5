#pragma once
#include "agent_sockets.hpp"
#include "plugin_set.hpp"

#include <hive/os/lock.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/signal_set.hpp>

#include <condition_variable>
#include <thread>

namespace hive::host {

struct AppOptions {
  std::filesystem::path root, share;
  std::vector<std::filesystem::path> plugin_folders;
  Config::Source config;
  HubLimits hub{};
  GatewayLimits operator_limits{}, agent_limits{};
  std::chrono::seconds start_limit{10}, stop_limit{5};
  IsolationOptions isolation{};
  Log::To log = Log::To::standard_error;
};

/// The host in one object: lock, log, threads, router, plugins, sockets. The io_context comes before
/// everything that holds a strand, so that it outlives it. Its functions are for the main thread
/// unless they say otherwise. [blocking]
class App {
 public:
  /// Locks the root and reads the configuration. Errors: conflict (another host has the root),
  /// invalid_params (configuration), unavailable.
  static Result<std::unique_ptr<App>> open(AppOptions options);
  ~App();

  /// Before `start`: a plugin that is part of this program.
  void add(const abi::Descriptor& descriptor) { plugins_->add(descriptor); }
  /// Starts plugins, then opens the operator's socket. Errors: a required plugin does not run, no socket.
  Status start();
  /// Returns when a signal or `request_stop` asked for the end; a second SIGTERM or SIGINT ends the process
  /// at once. Meanwhile SIGHUP reloads what changed.
  void wait();
  void request_stop();  // [any-thread]
  /// Tells everybody that the host ends and lets the plugins prepare; the sockets still serve. Once, or again
  /// where the agents are to stop after all; who comes second waits for the first. [blocking]
  void prepare_stop(const host_api::Stopping& stopping);  // [any-thread]
  /// Closes the sockets and stops the plugins. False when one hangs: the process must end by _Exit.
  bool stop();

  Result<host_api::Plugin> reload(const std::string& plugin);  // [any-thread]
  /// Until the host ends, or the file says another level. Errors: not_found (no such plugin).
  Status set_level(const host_api::LogLevel& wanted);  // [any-thread]
  host_api::Info info() const;                         // [any-thread]
  host_api::Health health() const;                     // [any-thread]
  Log& log() { return log_; }
  MethodTable& methods() { return methods_; }
  Router& router() { return router_; }
  EventHub& hub() { return hub_; }
  PluginSet& plugins() { return *plugins_; }
  AgentSockets& agent_sockets() { return *agent_sockets_; }

 private:
  static constexpr int kSpareThreads = 1;

  App(AppOptions options, Config config, os::RecordLock lock);
  Status prepare_files();
  void reserve_names();
  void add_host_plugin();
  void add_thread();
  void watch_signals();
  void await_signal();
  void on_signal(int signal);
  Status open_operator_socket();
  void reload_changed();

  const AppOptions options_;
  const Config config_;
  const os::RecordLock lock_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  host_api::Info info_;
  Log log_;
  abi::Level configured_level_;        // by the file, as it was read last
  SpareThreads spare_{kSpareThreads};  // before io_: what waits there may hold one
  boost::asio::io_context io_;
  MethodTable methods_;
  Router router_{io_, methods_};
  EventHub hub_;
  std::unique_ptr<PluginSet> plugins_;
  std::unique_ptr<AgentSockets> agent_sockets_;
  std::unique_ptr<Gateway> operator_gateway_;
  boost::asio::io_context signal_io_{1};  // on a thread of its own: plugins may hold all the others
  boost::asio::signal_set signals_{signal_io_};
  std::thread signal_thread_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;

  std::mutex preparing_;
  std::optional<bool> prepared_;  // guarded by preparing_; whether the agents were to stop

  mutable std::mutex mutex_;  // guards what follows, and info_
  std::condition_variable wake_;
  bool stop_requested_ = false, reload_requested_ = false, stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hive::host
