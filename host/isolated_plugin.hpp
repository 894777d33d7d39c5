#pragma once
#include "link.hpp"

#include <hive/os/process.hpp>
#include <hive/sdk/abi.hpp>

#include <chrono>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

namespace hive::host {

struct IsolationOptions {
  std::filesystem::path program = "/proc/self/exe";  // run as `program plugin-host FILE`, the link as descriptor 0
  std::chrono::milliseconds first_back_off{100};
  std::chrono::milliseconds stop_grace{4'000};  // then it is killed; shorter than the host's own limit
  std::size_t crashes_until_quarantine = 3;
  std::chrono::minutes crash_window{10};
};

/// What the plugin's process is told at its start.
struct IsolatedSetup {
  std::string id, file, root, share, settings;
  std::function<void(const std::string& reason)> on_quarantined = [](const std::string&) {};
};

/// Stands in a slot for a plugin that lives in another process. To the host it is a plugin like any
/// other: it forwards each function of the boundary as one frame. When the process dies it answers what
/// the plugin owed, takes back what the plugin asked for, and starts it again. [strand]
class IsolatedPlugin final : public abi::Plugin {
 public:
  IsolatedPlugin(abi::Host& host, const Link::Strand& strand, IsolatedSetup setup, IsolationOptions options);
  ~IsolatedPlugin();

  void start() noexcept override { restart(); }
  void stop() noexcept override;

 private:
  enum class Kind { answer, call, subscription };
  /// A context of the child's, in this process. Lives until the host lets go of it.
  struct Forwarded {
    IsolatedPlugin& owner;
    Kind kind;
    std::uint64_t id;  // the child's name for it; 0 once that child is dead
    std::string name;  // of a method
    bool retracted = false;
  };
  /// A timer of the host's; its address is its name.
  struct Timer {
    IsolatedPlugin& owner;
    bool armed = false;
  };

  Status spawn();
  void restart();
  void take(const Frame& frame);
  void take_answer(const Frame& frame);
  void take_stopped();
  void crashed(const std::string& why);
  void answer_owed();
  void schedule_restart(const std::string& why);
  void finish_when_idle();
  void reap();
  Forwarded& forward(Kind kind, std::uint64_t id, std::string_view name = {});
  Forwarded* find(Kind kind, std::uint64_t id);
  void forget(Forwarded& forwarded);
  void retract(std::string_view method);
  void arm(Timer& timer, std::chrono::milliseconds time,
           void (*done)(void* context, abi::Code code, std::string_view) noexcept);

  static void on_request(void*, abi::CallId, std::string_view, std::string_view) noexcept;
  static void on_request_cancelled(void*, abi::CallId) noexcept;
  static void on_answer_ended(void*, abi::Code, std::string_view) noexcept;
  static void on_done(void*, abi::Code, std::string_view) noexcept;
  static void on_event(void*, const abi::EventView&) noexcept;
  static void on_subscription_ended(void*, abi::Code, std::string_view) noexcept;
  static void on_back_off_over(void*, abi::Code, std::string_view) noexcept;
  static void on_grace_over(void*, abi::Code, std::string_view) noexcept;

  abi::Host& host_;
  const Link::Strand strand_;
  const IsolatedSetup setup_;
  const IsolationOptions options_;
  std::shared_ptr<Link> link_;  // null: no process runs; shared with its own operations
  os::Child process_;
  std::deque<std::chrono::steady_clock::time_point> crashes_;
  std::set<abi::CallId> owed_;
  std::map<Forwarded*, std::unique_ptr<Forwarded>> forwarded_;
  std::map<std::pair<Kind, std::uint64_t>, Forwarded*> live_;  // by the running child's names
  Timer back_off_{*this}, grace_{*this};
  bool told_started_ = false, stopping_ = false, quarantined_ = false;
};

}  // namespace hive::host
