#pragma once
#include "calls_in_flight.hpp"
#include "client_socket.hpp"
#include "line_joiner.hpp"

namespace hive::host {

/// One client. Reading is on its strand and never waits for a handler; it pauses while the principal has used up its
/// rate, on which every line and byte counts, whatever it says and whether it is answered. A reply is written by the
/// thread that has it, without waiting, and what the socket does not take is queued.
class Connection final : public Waiter, public std::enable_shared_from_this<Connection> {
 public:
  using Socket = ClientSocket::Socket;

  /// shared_ptr: connections outlive their gateway while their last operations end.
  Connection(std::shared_ptr<GatewayShared> shared, Socket socket);
  ~Connection() override { --shared_->connections; }

  void start();  // [any-thread]
  void close();  // [any-thread]

  void settled(std::uint64_t token, Code code, std::string_view payload) noexcept override;
  void released(std::uint64_t token) noexcept override;

 private:
  struct Refusal {
    Code code;
    int number;  // of JSON-RPC
    std::string_view message;
  };

  void wait();
  void read();
  void take(std::string_view bytes);
  void rest(std::string_view unread, rpc::RateLimit::Clock::duration time);

  void line(std::string_view text);
  /// Whoever wrote an id is answered under it, whatever else is wrong with the line.
  void malformed(std::string_view id, const Refusal& why);
  void call(const rpc::Request& asked);
  void cancel(std::string_view params);

  void subscribe(const rpc::Request& asked);
  void event(const StoredEvent& event);
  void lost(Code why, std::string_view message);

  void send(std::string_view text);
  void send_rest();
  void end();

  const std::shared_ptr<GatewayShared> shared_;
  ClientSocket client_;
  CallsInFlight calls_;
  // On the strand.
  LineJoiner lines_;
  std::string unread_;                                // came before the rate was used up
  std::optional<boost::asio::steady_timer> resting_;  // set: until the rate has recovered
  bool waiting_ = false;
  std::shared_ptr<Subscription> subscription_;
};

}  // namespace hive::host
