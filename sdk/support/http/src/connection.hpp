#pragma once
#include <hive/http/reply.hpp>

#include <deque>
#include <mutex>

#include "loop.hpp"
#include "request_reader.hpp"
#include "wire.hpp"

namespace hive::http {

class Core;

/// One client. Reads through the gate, serves one request at a time, writes without blocking.
///
/// Has a descriptor of its own for the client's socket (a duplicate of Pistache's), so that nothing is
/// ever written to a number that was given to somebody else meanwhile. Every function is [any-thread];
/// handlers, logs and what was told to on_gone are called without the lock.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(std::shared_ptr<Core> core, os::Fd socket, std::string peer);

  void on_input(std::string_view bytes);
  /// The client ended its side, or is gone.
  void on_end();

  void answer(std::uint64_t turn, Response response);
  bool start_stream(std::uint64_t turn, std::vector<Header> headers);
  bool waits_for(std::uint64_t turn) const;
  bool push(const Bytes& frame);
  bool is_streaming() const;
  void on_gone(std::function<void()> told);
  void end_stream();

  /// By the loop: writes what waits; looks at the deadlines.
  void write_scheduled();
  void tick(Clock::time_point now);
  /// The moment since which no whole request has come, if the client is owed nothing. Half a request does not count, so
  /// that it keeps no place from others. `close_waiting` closes such a connection; false: it is owed something by now.
  std::optional<Clock::time_point> waiting_since() const;
  bool close_waiting();
  /// Whether an answer is owed or half written.
  bool is_busy() const;
  /// Ends it unless it is busy; a stream, once what waits is written.
  void wind_up();
  void close();

  Core& core() { return *core_; }

 private:
  using Lock = std::unique_lock<std::mutex>;
  enum class Phase { reading, answering, streaming, lingering, gone };

  // Reading: these end with the lock held, and give it back only around a handler.
  void advance(Lock& lock);
  void serve(Lock& lock);
  void go_on();
  void await_more();
  void refuse(const Refusal& refusal);
  void overdue();

  // Writing.
  void respond(Response response);
  void put(Bytes frame);
  void flush();
  bool write_some(std::size_t& budget);
  void take_written(std::size_t count);
  void await_writable();
  void on_writable();

  // Ending.
  bool is_idle() const;
  bool is_owed_nothing() const;
  void linger();
  void leave();
  void cut(const std::string& why);
  void log_later(abi::Level level, std::string words);

  const std::shared_ptr<Core> core_;
  const std::string peer_;

  mutable std::mutex mutex_;  // of everything below
  Phase phase_ = Phase::reading;
  os::Fd own_;                          // until the loop watches it
  std::unique_ptr<Writable> writable_;  // owns the socket then
  int socket_;                          // the number, in either case
  RequestReader reader_;
  std::uint64_t turn_ = 0;  // counts requests: a late answer to an earlier one is ignored
  Framing framing_;         // of the answer that is owed
  bool advancing_ = false;  // a thread is in advance()
  bool awaiting_ = false;   // for writability
  bool scheduled_ = false;
  bool closing_ = false;                                                          // once what waits is written
  bool ended_ = false;                                                            // the client sends nothing more
  std::optional<RequestReader::Waiting> waiting_ = RequestReader::Waiting::idle;  // what deadline_ is for
  Clock::time_point deadline_, progress_, pushed_, idle_since_;
  std::deque<Bytes> out_;
  std::size_t out_bytes_ = 0;  // of out_, less what was written of its first
  std::size_t out_begin_ = 0;  // of the first
  std::size_t swallowed_ = 0;  // while lingering
  std::function<void()> on_gone_;
};

}  // namespace hive::http
