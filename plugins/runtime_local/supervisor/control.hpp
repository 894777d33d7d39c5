#pragma once
#include "plan.hpp"

#include <hive/os/fd.hpp>

#include <poll.h>

#include <functional>
#include <list>

namespace hive::supervisor {

/// Whether poll has something to tell of `fd`.
bool is_ready(const std::vector<pollfd>& polled, int fd);

/// The control socket of one supervisor: JSON lines, `Request` in, `Notice` out. Only the user that
/// the supervisor runs as may connect. A client that sends nonsense gets an error; one that sends
/// too long a line or is one too many gets an error and is closed; one that does not read is dropped, for it
/// must not hold the supervisor up.
class ControlSocket {
 public:
  struct Client {
    os::Fd socket;
    std::string unread;
    bool watches = false;
  };
  using OnRequest = std::function<void(Client&, const Request&)>;

  /// Errors: unavailable. [blocking]
  static Result<ControlSocket> open(int folder, const std::string& name);

  void add_to(std::vector<pollfd>& polled) const;
  /// Serves what `polled` says of this socket's descriptors.
  void serve(const std::vector<pollfd>& polled, const OnRequest& on_request);
  void tell(Client& client, const Notice& notice);
  void tell_watchers(const Notice& notice);
  bool watched() const;

 private:
  explicit ControlSocket(os::Fd listener) : listener_(std::move(listener)) {}
  void accept_one();
  void turn_away(Client& client, const std::string& why);
  void hear(Client& client, const OnRequest& on_request);

  os::Fd listener_;
  std::list<Client> clients_;
};

}  // namespace hive::supervisor
