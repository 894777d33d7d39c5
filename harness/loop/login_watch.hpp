#pragma once
#include <hive/os/event_loop.hpp>
#include <hive/os/fd.hpp>
#include <hive/sdk/contracts/page.hpp>

#include "base/options.hpp"

namespace hive::harness {

/// Whether the CLI has something to show the vendor: a configured key or token, or a login file in its
/// home. The CLI is never asked. One thread.
class LoginWatch {
 public:
  LoginWatch(os::EventLoop& event_loop, const Options& options) : event_loop_(event_loop), options_(options) {}
  LoginWatch(const LoginWatch&) = delete;

  /// False also when what is there was refused and has not changed since. [blocking]
  bool is_logged_in() const;
  /// What there is; a key before a token before a file, as the CLI takes them. [blocking]
  page::Login kind() const;
  /// The vendor refused what is there now.
  void refused();
  /// The operator wants it tried again as it is.
  void forget_refusal() { refused_.reset(); }
  /// Calls `changed` when one of the files may have changed, until unwatch(). Errors: unavailable.
  Status watch(std::function<void()> changed);
  void unwatch() { inotify_.reset(); }

 private:
  /// What tells one credential from another; empty when there is none.
  std::string fingerprint() const;
  void watch_folders();

  os::EventLoop& event_loop_;
  const Options& options_;
  std::optional<std::string> refused_;
  os::EventLoop::Watch inotify_;
};

}  // namespace hive::harness
