#pragma once
#include "plan.hpp"

#include <hive/os/event_loop.hpp>

#include <list>

namespace hive::supervisor {

/// The control socket of one supervisor: JSON lines, `Request` in, `Notice` out. Only the user that
/// the supervisor runs as may connect. A client that sends nonsense gets an error; one that sends
/// too long a line or is one too many gets an error and is closed; one that does not read is dropped, for it
/// must not hold the supervisor up. One thread: that of the loop.
class ControlSocket {
 public:
  struct Client {
    os::EventLoop::Watch socket;
    std::string unread;
    bool watches = false;
  };
  struct Hearer {
    std::function<void(Client&, const Request&)> on_request;
    /// A sentence for the log.
    std::function<void(std::string_view)> on_trouble;
  };

  /// Serves whoever connects to `listener`. The loop outlives it.
  ControlSocket(os::EventLoop& loop, os::Fd listener, Hearer hearer);

  void tell(Client& client, const Notice& notice);
  void tell_watchers(const Notice& notice);
  bool watched() const;

 private:
  void accept_later();
  void accept_one();
  void rest();
  void turn_away(Client& client, const std::string& why);
  void hear(Client& client);
  void take_lines(Client& client);
  void remove_gone();

  os::EventLoop& loop_;
  const Hearer hearer_;
  os::EventLoop::Watch listener_;
  os::EventLoop::Timer accepting_;
  bool troubled_ = false;  // told that nobody can be accepted
  std::list<Client> clients_;
};

}  // namespace hive::supervisor
