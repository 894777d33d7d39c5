#pragma once
#include <hive/rpc/line_id.hpp>

#include "base/line_stream.hpp"
#include "event/bus.hpp"

#include <list>

namespace hive::harness {

/// Serves `page.sock`: JSON-RPC lines as on every socket. It never waits for anybody. Whoever does not read gets
/// no more answers, and loses a subscription once the ring of the bus has moved past what he has read: no queue
/// grows for him. One thread: that of the event loop.
class PageServer {
 public:
  /// The result of a method as JSON text; every method but `events.subscribe`.
  using Answer = std::function<Result<std::string>(std::string_view method, std::string_view params)>;

  /// Both outlive it, and the bus publishes nothing after it.
  PageServer(os::EventLoop& event_loop, EventBus& bus, Answer answer);
  PageServer(const PageServer&) = delete;

  /// Binds the socket in `folder`, which is made where it is missing. Only this process's own user may connect, and
  /// those who pass by every mode: the host. Errors: unavailable. [blocking]
  Status listen(const std::filesystem::path& folder);

 private:
  struct Client {
    std::optional<LineStream> lines;
    bool is_subscribed = false, has_ended = false;
    std::string epoch;      // of the subscription
    std::int64_t next = 0;  // number of the event that is to be sent next
    rpc::LineId skipped{};  // of a line that is too long
  };

  void accept_one();
  void pause_accepting();
  void add(os::Fd socket);
  void turn_away(int socket) const;
  void take_line(Client& client, std::string_view line);
  void refuse_too_long(Client& client);
  Result<std::string> subscribe(Client& client, std::string_view params);
  Result<std::int64_t> number_after(const std::optional<std::string>& since) const;
  void send_events(Client& client);
  void reap();

  os::EventLoop& event_loop_;
  EventBus& bus_;
  Answer answer_;
  os::EventLoop::Watch listening_;
  std::list<Client> clients_;
  os::EventLoop::Timer reaping_, resuming_;
};

}  // namespace hive::harness
