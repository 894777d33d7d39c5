#pragma once
#include <hive/http/reply.hpp>

#include "patience.hpp"
#include "stream.hpp"
#include "wire.hpp"

namespace hive::http {

/// The requests of one client. Reads through the gate and serves one request at a time. Its public functions are
/// [any-thread]; handlers are called without the lock.
class Connection final : public Client {
 public:
  Connection(std::shared_ptr<Core> core, os::Fd socket, std::string peer);

  void on_input(std::string_view bytes);
  /// The client ended its side, or is gone.
  void on_end();

  void answer(std::uint64_t turn, Response response);
  bool start_stream(std::uint64_t turn, std::vector<Header> headers);
  bool waits_for(std::uint64_t turn) const;
  Stream& stream() { return stream_; }

  /// By the loop: looks at the deadlines.
  void tick(Clock::time_point now);
  /// The moment since which no whole request has come, if the client is owed nothing. Half a request does not count, so
  /// that it keeps no place from others. `close_waiting` closes such a connection; false: it is owed something by now.
  std::optional<Clock::time_point> waiting_since() const;
  bool close_waiting();
  /// Whether an answer is owed or half written.
  bool is_busy() const;
  /// Ends it unless it is busy; a stream, once what waits is written.
  void wind_up();

 private:
  // These end with the lock held, and give it back only around a handler.
  void advance(Lock& lock);
  void serve(Lock& lock);
  void go_on();
  void await_more();
  void refuse(const Refusal& refusal);
  void respond(Response response);
  bool takes_requests() const;

  void over() override;
  void written(Lock& lock) override { advance(lock); }

  RequestReader reader_;
  Patience patience_;
  std::uint64_t turn_ = 0;             // counts requests: a late answer to an earlier one is ignored
  std::optional<std::uint64_t> owed_;  // the turn that is not answered
  Framing framing_;                    // of the answer that is owed
  bool advancing_ = false;             // a thread is in advance()
  Stream stream_{*this};
};

}  // namespace hive::http
