#pragma once
#include <hive/http/server.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "head.hpp"
#include "loop.hpp"
#include "wire.hpp"

namespace hive::http {

class Client;

/// What the connections of one server share. Shared-owned: a Reply that is still held somewhere keeps its
/// connection, and that this. Locks are taken in the order connection, then one of these.
class Core : public std::enable_shared_from_this<Core> {
 public:
  Core(ServerOptions options, Routes routes);
  /// Starts the loop's thread. Once, before anything below.
  void start();

  /// A client has connected. Null when there is no room: it was told so, and `socket` is closed. [any-thread]
  std::shared_ptr<Connection> admit(os::Fd socket, std::string peer);
  /// The client is gone. [any-thread]
  void forget(const Client& client);
  /// Takes the place of the routes. [any-thread]
  void mount(Routes routes);
  /// Answers one request; throws nothing.
  void serve(Head head, Reply reply);
  /// `client` has frames to write: the loop does it with those of all others. [any-thread]
  void schedule(std::shared_ptr<Client> client);

  /// One place among the streams; false: there is none.
  bool take_stream();
  void give_back_stream() { --streams_; }
  std::size_t streams() const { return streams_; }
  /// False when that is more than may wait in all.
  bool hold(std::size_t bytes);
  void release(std::size_t bytes) { unsent_ -= bytes; }

  /// No new requests from now on; idle connections and streams end.
  void begin_stop();
  bool is_stopping() const { return stopping_; }
  /// Whether an answer is owed or half written anywhere.
  bool is_busy() const;
  void close_all();
  /// The same, and ends the loop's thread. [blocking]
  void end();

  void log(abi::Level level, const std::string& words) const;
  Figures figures() const;
  const ServerOptions& options() const { return options_; }
  const Limits& limits() const { return options_.limits; }
  const Bytes& heartbeat() const { return heartbeat_; }
  Loop& loop() { return loop_; }
  void count_refused() { ++refused_; }
  void count_cut() { ++cut_; }

 private:
  void route(Head& head, Reply& reply);
  bool knows_host(std::string_view host) const;
  std::vector<std::shared_ptr<Connection>> all() const;
  bool make_room() const;
  void write_scheduled();
  void tick();

  const ServerOptions options_;
  std::vector<std::string> hosts_;
  const Bytes heartbeat_;

  mutable std::mutex mutex_;  // of the next two
  // shared_ptr: a handler runs on while other routes take their place.
  std::shared_ptr<const Routes> routes_;
  std::unordered_map<const Client*, std::shared_ptr<Connection>> connections_;
  std::mutex scheduled_mutex_;  // of the next one
  std::vector<std::shared_ptr<Client>> scheduled_;

  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> streams_{0}, unsent_{0};
  std::atomic<std::uint64_t> requests_{0}, refused_{0}, cut_{0};
  Loop loop_;  // last: its thread ends before anything above
};

}  // namespace hive::http
