#include "app.hpp"

#include "before_stop.hpp"
#include "breadcrumb.hpp"
#include "built_in_contracts.hpp"
#include "host_methods.hpp"
#include "nearest.hpp"
#include "words.hpp"

#include <hive/json_text/json_text.hpp>
#include <hive/os/files.hpp>
#include <hive/os/unix_socket.hpp>
#include <hive/sdk/duration.hpp>
#include <hive/sdk/errors.hpp>

#include <grp.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>

namespace hive::host {
namespace {

constexpr char kVersion[] = HIVE_VERSION;
constexpr std::chrono::milliseconds kLockPatience{3'000};
constexpr mode_t kFolderMode = 0711;  // agents pass through to what is theirs; only the owner lists

unsigned threads_for(std::int64_t wanted) {
  if (wanted > 0) return unsigned(wanted);
  return std::clamp(std::thread::hardware_concurrency(), 2U, 4U);
}

std::int64_t resident_kb() {
  std::int64_t size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1'024);
}

GatewayLimits limits_for_agents(const AppOptions& options, const HostSettings& settings) {
  auto limits = options.agent_limits;
  limits.rate = {double(settings.agent_calls_per_second), double(settings.agent_calls_burst)};
  return limits;
}

Error unusable(const std::filesystem::path& root, const std::string& why) {
  return error(Code::unavailable, root.string() + ": cannot be the hive's folder (" + why +
                                      "); make it one that can be written to or choose another --root");
}

Error held(const std::filesystem::path& root, const Error& why) {
  if (why.code != Code::conflict) return why;
  return error(Code::conflict, root.string() + ": another host has this folder (" + why.message +
                                   "); stop it or choose another --root");
}

}  // namespace

Result<std::unique_ptr<App>> App::open(AppOptions options) {
  std::error_code failure;
  std::filesystem::create_directories(options.root, failure);
  if (failure) return unusable(options.root, failure.message());
  options.root = std::filesystem::canonical(options.root);
  const auto folder = os::make_folder(options.root, {.mode = kFolderMode});
  if (!folder) return unusable(options.root, folder.error().message);
  auto lock = os::RecordLock::take(folder->get(), "host.lock", kLockPatience);
  if (!lock) return held(options.root, lock.error());
  auto config = Config::load(options.config);
  if (!config) return config.error();
  std::unique_ptr<App> app(new App(std::move(options), std::move(*config), std::move(*lock)));
  if (auto prepared = app->prepare_files(); !prepared) return prepared.error();
  return app;
}

App::App(AppOptions options, Config config, os::RecordLock lock)
    : options_(std::move(options)),
      config_(std::move(config)),
      lock_(std::move(lock)),
      log_(config_.host().log_level, options_.log),
      configured_level_(config_.host().log_level),
      hub_(options_.hub),
      work_(boost::asio::make_work_guard(io_)) {
  PluginSetOptions plugins{.folders = options_.plugin_folders};
  for (const auto& folder : config_.host().plugin_dirs) plugins.folders.emplace_back(folder);
  plugins.make = {.root = options_.root, .share = options_.share, .isolation = options_.isolation};
  plugins.run = {options_.start_limit, options_.stop_limit, [this] { add_thread(); }};
  plugins_ = std::make_unique<PluginSet>(Wiring{io_, spare_, methods_, router_, hub_, log_}, std::move(plugins));
  agent_sockets_ = std::make_unique<AgentSockets>(io_, router_, hub_, options_.root / "run" / "agents",
                                                  limits_for_agents(options_, config_.host()));
  info_.version = kVersion;
  info_.root = options_.root.string();
  info_.abi = std::to_string(abi::kMajor) + "." + std::to_string(abi::kMinor);
  info_.epoch = hub_.epoch();
  info_.pid = getpid();
}

App::~App() {
  stop();
}

Status App::prepare_files() {
  for (const auto* name : {"run", "logs"})
    if (auto folder = os::make_folder(options_.root / name, {.mode = kFolderMode}); !folder) return folder.error();
  if (auto added = log_.add_file(options_.root / "logs"); !added) return added;
  const auto last = Breadcrumb::open(options_.root / "run" / "breadcrumb");
  if (!last) return last.error();
  if (!last->empty()) log_.write("host", abi::Level::warning, *last);
  return {};
}

void App::add_thread() {
  std::lock_guard lock(mutex_);
  threads_.emplace_back([this] { io_.run(); });
}

/// A plugin of somebody else's cannot take what people, models and browsers know a contract's method by.
void App::reserve_names() {
  methods_.on_pages_change([this] { hub_.publish({host_api::kAddressesChanged.topic, {}, "{}"}); });
  for (const auto& method : built_in_methods()) {
    MethodTable::Row row{.name = method.name,
                         .about = encode_text(method.about),
                         .callers = std::uint32_t(callers_named(method.callers)),
                         .deadline_ms = std::uint32_t(method.deadline_ms)};
    if (auto names = names_of({row.name, row.callers, row.deadline_ms, row.about}))
      methods_.reserve(std::move(row), std::move(*names));
  }
}

void App::add_host_plugin() {
  PluginSlot::Maker maker;
  maker.make = [this](abi::Host& raw) -> abi::Plugin* {
    return new HostMethods(raw, {sizeof(abi::Environment), info_.root, "", "{}"}, *this);
  };
  maker.destroy = [](abi::Plugin& plugin) { delete static_cast<HostMethods*>(&plugin); };
  plugins_->add(HostMethods::manifest(), std::move(maker));
}

Status App::start() {
  for (auto i = int(threads_for(config_.host().threads)) + kSpareThreads; i > 0; --i) add_thread();
  watch_signals();
  reserve_names();
  add_host_plugin();
  plugins_->find(config_);
  if (auto named = plugins_->check_names(config_); !named) return named;
  if (auto started = plugins_->start(config_); !started) return started;
  if (auto opened = open_operator_socket(); !opened) return opened;
  const auto time = std::chrono::steady_clock::now() - begun_;
  const auto start_ms = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  {
    std::lock_guard lock(mutex_);  // the socket answers already
    info_.started_at = wall_time();
    info_.start_ms = start_ms;
  }
  log_.write("host", abi::Level::info,
             "ready in " + duration_text(std::chrono::milliseconds(start_ms)) + " at " + info_.root);
  return {};
}

Status App::open_operator_socket() {
  const auto folder = os::open_folder(options_.root / "run");
  if (!folder) return folder.error();
  Door door{"operator", {geteuid(), 0}};
  os::Access access{.mode = 0600};
  if (const auto& group = config_.host().operator_group) {
    const auto* entry = getgrnam(group->c_str());
    if (entry == nullptr) return config_.at("host.operator_group", "there is no group " + *group);
    access = {.mode = 0660, .group = entry->gr_gid};
    door.uids.clear();  // the file's mode says who may
  }
  auto listening = os::listen_in(folder->get(), "host.sock", access);
  if (!listening) return listening.error();
  operator_gateway_ = std::make_unique<Gateway>(io_, router_, hub_, std::move(door), options_.operator_limits);
  return operator_gateway_->open(std::move(*listening));
}

void App::watch_signals() {
  for (int signal : {SIGTERM, SIGINT, SIGHUP}) signals_.add(signal);
  await_signal();
  signal_thread_ = std::thread([this] { signal_io_.run(); });
}

void App::await_signal() {
  signals_.async_wait([this](auto failure, int signal) {
    if (failure) return;
    log_.write("host", abi::Level::info, "signal " + std::to_string(signal));
    on_signal(signal);
    await_signal();
  });
}

void App::on_signal(int signal) {
  std::unique_lock lock(mutex_);
  if (signal == SIGHUP) {
    reload_requested_ = true;
  } else if (std::exchange(stop_requested_, true)) {
    log_.write("host", abi::Level::warning, "asked to stop again: ends at once");
    Breadcrumb::close();
    std::_Exit(form_of(Code::cancelled).exit);
  }
  wake_.notify_all();
}

void App::request_stop() {
  std::lock_guard lock(mutex_);
  stop_requested_ = true;
  wake_.notify_all();
}

void App::wait() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stop_requested_ || reload_requested_; });
    if (stop_requested_) return;
    reload_requested_ = false;
    lock.unlock();
    reload_changed();
    lock.lock();
  }
}

void App::reload_changed() {
  const auto config = Config::load(options_.config);
  if (!config) return log_.write("host", abi::Level::error, "nothing is reloaded: " + config.error().message);
  // What was set by host.log_level stays, unless the file says another level than before.
  const auto level = config->host().log_level;
  if (std::exchange(configured_level_, level) != level) log_.set_level("*", level);
  plugins_->reload_changed(*config);
}

void App::prepare_stop(const host_api::Stopping& stopping) {
  std::lock_guard one_at_a_time(preparing_);
  if (prepared_ && (*prepared_ || !stopping.agents)) return;
  prepared_ = stopping.agents;
  log_.write("host", abi::Level::info, stopping.agents ? "stops, the agents too" : "stops; the agents go on");
  hub_.publish({host_api::kStopping.topic, {}, encode_text(stopping)});
  call_before_stop(router_, methods_, stopping, log_);
}

bool App::stop() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(stopped_, true)) return true;
  }
  if (operator_gateway_) operator_gateway_->close();
  agent_sockets_->close_all();
  const bool all_ended = plugins_->stop();
  Breadcrumb::close();
  if (!all_ended) return false;
  io_.stop();
  std::vector<std::thread> threads;
  {
    std::lock_guard lock(mutex_);
    threads.swap(threads_);
  }
  for (auto& thread : threads) thread.join();
  signal_io_.stop();
  if (signal_thread_.joinable()) signal_thread_.join();
  return true;
}

Status App::set_level(const host_api::LogLevel& wanted) {
  std::vector<std::string> known{"*"};
  for (const auto& plugin : plugins_->list()) known.push_back(plugin.id);
  if (std::find(known.begin(), known.end(), wanted.plugin) == known.end())
    return error(Code::not_found, json_text::quote(wanted.plugin) + ": " + no_such("plugin", wanted.plugin, known));
  log_.set_level(wanted.plugin, wanted.level);
  return {};
}

Result<host_api::Plugin> App::reload(const std::string& plugin) {
  auto config = Config::load(options_.config);
  if (!config) return config.error();
  return plugins_->reload(plugin, *config);
}

host_api::Info App::info() const {
  std::unique_lock lock(mutex_);
  auto out = info_;
  lock.unlock();
  out.memory_kb = resident_kb();
  return out;
}

host_api::Health App::health() const {
  host_api::Health out;
  out.plugins = plugins_->health();
  for (const auto& plugin : plugins_->list())
    out.ok =
        out.ok && (plugin.state == host_api::PluginState::running || plugin.state == host_api::PluginState::disabled);
  out.connections =
      std::int64_t((operator_gateway_ ? operator_gateway_->connections() : 0) + agent_sockets_->connections());
  out.subscribers = std::int64_t(hub_.subscribers());
  out.calls_in_flight = std::int64_t(router_.in_flight());
  return out;
}

}  // namespace hive::host
