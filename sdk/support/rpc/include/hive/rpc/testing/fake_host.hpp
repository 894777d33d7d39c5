#pragma once
#include <hive/os/event_loop.hpp>
#include <hive/os/files.hpp>
#include <hive/os/unix_socket.hpp>
#include <hive/rpc/connection.hpp>
#include <hive/rpc/wire.hpp>
#include <hive/sdk/codec.hpp>
#include <hive/sdk/method.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace hive::rpc::testing {

/// The host's side of `host.sock`, in the thread of an event loop, which outlives it. It answers what the test says,
/// keeps what was asked, and can go away and come back. Like the real one it takes kInFlight calls at once and refuses
/// more. What it has no answer for it leaves unanswered.
class FakeHost {
 public:
  /// One call as it came. It may be answered as long as the host lives.
  struct Call {
    std::int64_t id = 0;
    std::string method;
    json::object params;
    int peer = 0;  // its connection
  };
  static constexpr std::size_t kInFlight = 64;
  /// Deals with a call, by the functions below, now or later.
  using Script = std::function<void(const Call&)>;

  /// Listens in `folder`, which is there. `event_loop` outlives this.
  FakeHost(os::EventLoop& event_loop, std::filesystem::path folder)
      : event_loop_(event_loop), folder_(std::move(folder)) {
    come();
  }
  ~FakeHost() { go(); }
  FakeHost(const FakeHost&) = delete;

  /// Listens again after go().
  void come() {
    const auto folder = os::open_folder(folder_);
    listening_ = event_loop_.watch(std::move(*os::listen_in(folder->get(), std::string(kSocketName))), POLLIN,
                                   [this](short) { accept_one(); });
  }
  /// Closes the socket and every connection, like a host that was killed.
  void go() {
    listening_.reset();
    std::filesystem::remove(folder_ / kSocketName);
    peers_.clear();
    open_.clear();
  }

  /// Answers every call of `method` with what `work` makes of its params: `work(P) -> Result<R>`. In place of `script`.
  template <class P, class R, class F>
    requires std::invocable<F, P>
  void answer(const Method<P, R>& method, F work) {
    by_method[std::string(method.name)] = [this, work = std::move(work)](const Call& call) {
      auto params = decode_value<P>(call.params, Unknown::ignore);
      Result<R> result = params ? work(std::move(*params)) : Result<R>(params.error());
      if (result) return reply(call, encode_text(*result));
      refuse(call, result.error().code, result.error().message);
    };
  }
  /// Answers every call of it with `result`.
  template <class P, class R>
  void answer(const Method<P, R>& method, R result) {
    answer(method, [result = std::move(result)](P) -> Result<R> { return result; });
  }

  /// Answers one call with `result`.
  template <class P, class R>
  void reply(const Call& call, const Method<P, R>&, const R& result) {
    reply(call, encode_text(result));
  }
  /// The same with a result as JSON text, which may be wrong.
  void reply(const Call& call, std::string_view result) {
    open_.erase(call.id);
    send(call.peer, result_line(std::to_string(call.id), result));
  }
  /// Answers one call with an error.
  void refuse(const Call& call, Code code, std::string_view message) {
    open_.erase(call.id);
    send(call.peer, error_line(std::to_string(call.id), code, message));
  }
  /// Sends an event to whoever made `call`.
  template <class T>
  void publish(const Call& call, const Event<T>& event, const T& value) {
    publish(call, event.topic, encode_text(value));
  }
  /// The same with a payload as JSON text, which may be wrong.
  void publish(const Call& call, std::string_view topic, std::string_view payload) {
    send(call.peer, event_line("e-1", topic, payload));
  }
  /// Closes the connection that `call` came by.
  void hang_up(const Call& call) {
    if (const auto found = peers_.find(call.peer); found != peers_.end()) found->second->socket.reset();
  }

  /// What deals with calls: of a method, and of all others.
  std::map<std::string, Script, std::less<>> by_method;
  Script script;
  std::vector<Call> calls;
  std::vector<std::int64_t> cancelled;

 private:
  struct Peer {
    os::EventLoop::Watch socket;
    std::string partial;
  };

  void accept_one() {
    os::Fd socket(::accept4(listening_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    auto& peer = peers_[++last_peer_] = std::make_unique<Peer>();
    peer->socket = event_loop_.watch(std::move(socket), POLLIN,
                                     [this, number = last_peer_](short) { read(*peers_.at(number), number); });
  }
  void read(Peer& peer, int number) {
    std::string bytes(65'536, '\0');
    const auto got = ::read(peer.socket.fd(), bytes.data(), bytes.size());
    if (got <= 0) return peer.socket.reset();
    peer.partial.append(bytes, 0, std::size_t(got));
    for (const auto& line : os::take_lines(peer.partial))
      if (peer.socket) take(json::parse(line), number);
  }
  void take(const json::value& message, int peer) {
    const auto method = std::string(message.at("method").as_string());
    const auto& params = message.at("params").as_object();
    if (method == "$/cancel") return cancelled.push_back(params.at("id").to_number<std::int64_t>());
    calls.push_back({message.at("id").to_number<std::int64_t>(), method, params, peer});
    const auto call = calls.back();
    if (open_.size() >= kInFlight)
      return refuse(call, Code::busy, "64 calls of this connection are in flight; wait for one");
    open_.insert(call.id);
    const auto own = by_method.find(method);
    if (own != by_method.end())
      own->second(call);
    else if (script)
      script(call);
  }
  /// Whoever has gone hears nothing.
  void send(int peer, std::string_view line) {
    const auto found = peers_.find(peer);
    while (found != peers_.end() && !line.empty()) {
      const auto sent = ::send(found->second->socket.fd(), line.data(), line.size(), MSG_NOSIGNAL);
      if (sent < 0) return;
      line.remove_prefix(std::size_t(sent));
    }
  }

  os::EventLoop& event_loop_;
  const std::filesystem::path folder_;
  os::EventLoop::Watch listening_;
  std::map<int, std::unique_ptr<Peer>> peers_;
  int last_peer_ = 0;
  std::set<std::int64_t> open_;
};

}  // namespace hive::rpc::testing
