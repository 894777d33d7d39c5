#pragma once
#include "event_hub.hpp"
#include "router.hpp"

#include <hive/rpc/line_id.hpp>
#include <hive/rpc/rate_limit.hpp>
#include <hive/rpc/wire.hpp>

#include <boost/asio/local/stream_protocol.hpp>

#include <atomic>
#include <unordered_map>

namespace hive::host {

struct GatewayLimits {
  std::size_t line = 1 << 20;            // bytes
  std::size_t in_flight = 64;            // calls a connection
  std::size_t asked = 1 << 20;           // bytes of their params; above it reading pauses
  std::size_t connections = 32;          // a principal
  std::size_t unsent_replies = 1 << 20;  // bytes; above it reading pauses, and an event stream ends
  std::size_t unsent_in_all = 64 << 20;  // bytes a principal; the connection that would add to them is closed
  rpc::Rate rate{};
};

/// What the connections of one socket have in common.
struct GatewayShared {
  Router& router;
  EventHub& hub;
  const std::string principal;
  const GatewayLimits limits;
  rpc::RateLimit rate{limits.rate};
  std::atomic<std::size_t> connections = 0, unsent = 0;  // unsent: bytes
  std::atomic<std::uint64_t> lines = 0;                  // that were looked at
};

/// One client. Reading is on its strand and never waits for a handler; it pauses while the principal has used up its
/// rate, on which every line and byte counts, whatever it says and whether it is answered. A reply is written by the
/// thread that has it, without waiting, and what the socket does not take is queued.
class Connection final : public Waiter, public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  /// shared_ptr: connections outlive their gateway while their last operations end.
  Connection(std::shared_ptr<GatewayShared> shared, Socket socket);
  ~Connection() override { --shared_->connections; }

  void start();  // [any-thread]
  void close();  // [any-thread]

  void settled(std::uint64_t token, Code code, std::string_view payload) noexcept override;
  void released(std::uint64_t token) noexcept override;

 private:
  struct Call {
    std::string id;         // as written
    std::size_t bytes = 0;  // of its params
    abi::CallId call = 0;
    bool answered = false;
  };
  struct Refusal {
    Code code;
    int number;  // of JSON-RPC
    std::string_view message;
  };

  void wait();
  void read();
  void take(std::string_view bytes);
  void keep(std::string_view bytes);
  void line(std::string_view text);
  void rest(std::string_view unread, rpc::RateLimit::Clock::duration time);
  /// Whoever wrote an id is answered under it, whatever else is wrong with the line.
  void malformed(std::string_view id, const Refusal& why);
  void request(const rpc::Request& asked);
  void call(const rpc::Request& asked);
  Status admit(const rpc::Request& asked);
  bool may_read();
  void cancel(std::string_view params);
  void subscribe(const rpc::Request& asked);
  void event(const StoredEvent& event);
  void lost(Code why, std::string_view message);
  void fail(std::string_view id, Code code, std::string_view message) { send(rpc::error_line(id, code, message)); }
  void end();

  void send(std::string_view text);
  void send_locked(std::string_view text);
  void write_rest();
  std::size_t unsent() const;

  const std::shared_ptr<GatewayShared> shared_;
  // On the strand.
  std::string partial_;                               // of a line
  rpc::LineId skipped_;                               // of a line that is too long
  std::string unread_;                                // came before the rate was used up
  std::optional<boost::asio::steady_timer> resting_;  // set: until the rate has recovered
  bool too_long_ = false, waiting_ = false;
  std::uint64_t next_token_ = 1;
  std::shared_ptr<Subscription> subscription_;

  mutable std::mutex mutex_;  // guards what follows; the router is never called under it
  Socket socket_;
  bool open_ = true, writing_ = false, paused_ = false;  // paused_: reading waits for what is below to shrink
  std::size_t asked_ = 0;                                // bytes of the params of `calls_`
  std::string unsent_;
  std::unordered_map<std::uint64_t, Call> calls_;
};

}  // namespace hive::host
