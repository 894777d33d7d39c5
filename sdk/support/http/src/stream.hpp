#pragma once
#include "client.hpp"

namespace hive::http {

/// The event stream that a client's last answer is, once it has begun. A part of the client, whose lock it takes where
/// it is marked [any-thread] and wants held elsewhere.
class Stream {
 public:
  explicit Stream(Client& client) : client_(client) {}

  /// See EventStream for these.
  bool send(const Bytes& frame);             // [any-thread]
  bool is_open() const;                      // [any-thread]
  void on_gone(std::function<void()> told);  // [any-thread]
  void end();                                // [any-thread]

  /// It has its place among the server's streams.
  void begin(Bytes head);
  bool has_begun() const { return begun_; }
  bool is_live() const { return begun_ && client_.state() == Client::State::open; }
  /// Sends something when nothing was sent for long.
  void tick(Client::Clock::time_point now);
  /// The client lingers or leaves from now on.
  void over();

 private:
  Client& client_;
  bool begun_ = false, has_place_ = false;
  Client::Clock::time_point pushed_;
  std::function<void()> on_gone_;
};

}  // namespace hive::http
