#pragma once
#include <hive/os/event_loop.hpp>
#include <hive/rpc/calling.hpp>
#include <hive/rpc/loop_connection.hpp>
#include <hive/sdk/method.hpp>

#include <filesystem>
#include <optional>

namespace hive::harness {

using rpc::Repeat;

struct Ask {
  std::string method, params;  // params: one JSON object
  std::chrono::milliseconds deadline = rpc::kUsualPatience;
  Repeat repeat = Repeat::never;
};

/// Asynchronous calls to a host that may be away and come back. It connects when there is something to
/// ask, tries again with back-off while nobody listens, and gives each call exactly one answer by its
/// deadline, unless it is dropped. Of many calls kInFlight are with the host and the others wait their
/// turn. One thread: that of its event loop, which must outlive it.
class HostLink {
 public:
  using CallId = std::uint64_t;
  using Answer = std::function<void(Result<std::string>)>;

  HostLink(os::EventLoop& event_loop, std::filesystem::path socket_folder);
  HostLink(const HostLink&) = delete;

  /// Errors, in the answer: the host's; timeout; busy when kMostWaiting wait already; unavailable when a call that may
  /// not be repeated was lost under way. The outcome of one that was sent and not answered is unknown, and the message
  /// says so.
  CallId call(Ask ask, Answer answer);
  template <class P, class R>
  CallId call(const Method<P, R>& method, const P& params, Repeat repeat, std::function<void(Result<R>)> answer) {
    return call({.method = std::string(method.name),
                 .params = encode_text(params),
                 .deadline = method.deadline + rpc::kGrace,
                 .repeat = repeat},
                [answer = std::move(answer)](Result<std::string> text) {
                  if (!text) return answer(text.error());
                  answer(decode_text<R>(*text, Unknown::ignore));
                });
  }
  /// Nobody waits any more: the host is told, and no answer comes.
  void drop(CallId call);
  bool is_connected() const { return connection_ && connection_->is_open(); }
  /// Called after each new connection.
  void on_connected(std::function<void()> handler) { connected_ = std::move(handler); }

  /// A host takes 64 of a connection at once; one that was dropped counts until it has ended there.
  static constexpr std::size_t kInFlight = 48;
  static constexpr std::size_t kMostWaiting = 4'096;

 private:
  struct Waiting {
    Ask ask;
    Answer answer;
    os::EventLoop::Timer deadline;
    os::EventLoop::Timer retry{};  // or an answer that is not to be given within call()
    std::chrono::milliseconds next_retry{100};
    rpc::Connection::CallId sent = 0;  // 0: not on the wire
    bool was_sent = false;             // at some time: the host may have done it
  };

  bool may_send() const { return is_connected() && connection_->pending() < kInFlight; }
  void work();
  void connect();
  void connect_later();
  void connection_served();
  void close_lost();
  void cancel(const Waiting& waiting);
  void send(CallId call, Waiting& waiting);
  void finish_soon(CallId call, Waiting& waiting, Error why);
  void answered(CallId call, Result<std::string> result);
  void retry_later(Waiting& waiting);
  void finish(CallId call, Result<std::string> result);

  os::EventLoop& event_loop_;
  const std::filesystem::path folder_;
  std::optional<rpc::LoopConnection> connection_;
  std::map<CallId, Waiting> waiting_;
  CallId next_ = 1;
  os::EventLoop::Timer reconnect_;
  std::chrono::milliseconds next_reconnect_;
  std::function<void()> connected_;
};

}  // namespace hive::harness
