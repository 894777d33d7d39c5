#pragma once
#include "forwarding.hpp"

#include <hive/os/processes.hpp>

#include <chrono>
#include <deque>
#include <filesystem>

namespace hive::host {

struct IsolationOptions {
  std::filesystem::path program = "/proc/self/exe";  // run as `program plugin-host FILE`, the link as descriptor 0
  std::chrono::milliseconds first_back_off{100};
  std::chrono::milliseconds stop_grace{4'000};  // then it is killed; shorter than the host's own limit
  std::size_t crashes_until_quarantine = 3;
  std::chrono::minutes crash_window{10};
  // Starts the plugins' processes; shared, for each plugin has a copy of the options.
  std::shared_ptr<os::Processes> processes = std::make_shared<os::Processes>();
};

/// What the plugin's process is told at its start.
struct IsolatedSetup {
  std::string id, file, root, share, settings;
  std::function<void(const std::string& reason)> on_quarantined = [](const std::string&) {};
};

/// Stands in a slot for a plugin that lives in another process; to the host it is a plugin like any other. Keeps the
/// process: starts it, starts it again when it has died, gives up when it dies too often, and kills it when it does not
/// stop. [strand]
class IsolatedPlugin final : public abi::Plugin {
 public:
  IsolatedPlugin(abi::Host& host, const Link::Strand& strand, IsolatedSetup setup, IsolationOptions options);
  ~IsolatedPlugin();

  void start() noexcept override { restart(); }
  void stop() noexcept override;

 private:
  /// A timer of the host's; its address is its name.
  struct Timer {
    IsolatedPlugin& owner;
    bool armed = false;
  };

  Status spawn();
  void restart();
  void take(const Frame& frame);
  void take_stopped();
  void crashed(const std::string& why);
  void schedule_restart(const std::string& why);
  void finish_when_idle();
  void reap();
  void arm(Timer& timer, std::chrono::milliseconds time,
           void (*done)(void* context, abi::Code code, std::string_view) noexcept);

  static void on_back_off_over(void*, abi::Code, std::string_view) noexcept;
  static void on_grace_over(void*, abi::Code, std::string_view) noexcept;

  abi::Host& host_;
  const Link::Strand strand_;
  const IsolatedSetup setup_;
  const IsolationOptions options_;
  std::shared_ptr<Link> link_;  // null: no process runs; shared with its own operations
  os::Child process_;
  std::deque<std::chrono::steady_clock::time_point> crashes_;
  Forwarding forwarding_;
  Timer back_off_{*this}, grace_{*this};
  bool told_started_ = false, stopping_ = false;
};

}  // namespace hive::host
