#pragma once
#include <hive/os/event_loop.hpp>
#include <hive/os/files.hpp>
#include <hive/os/unix_socket.hpp>
#include <hive/testing/temporary_folder.hpp>

#include "json_read.hpp"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace hive::harness::testing {

using hive::testing::TemporaryFolder;

/// The host's side of an agent's socket, in the same thread as what is tested. It answers what its
/// script says, keeps what was asked, and can go away and come back. Like the real one it takes kInFlight calls of a
/// connection at once and refuses more.
class FakeHost {
 public:
  struct Call {
    std::int64_t id = 0;
    std::string method;
    json::object params;
    int peer = -1;
  };
  static constexpr std::size_t kInFlight = 64;
  /// Answers by `reply` or `refuse`, now or later.
  using Script = std::function<void(const Call&)>;

  FakeHost(os::EventLoop& event_loop, std::filesystem::path folder)
      : event_loop_(event_loop), folder_(std::move(folder)) {
    come();
  }
  ~FakeHost() { go(); }

  void come() {
    const auto folder = os::open_folder(folder_);
    listening_ = event_loop_.watch(std::move(*os::listen_in(folder->get(), "host.sock")), POLLIN,
                                   [this](short) { accept_one(); });
  }
  /// Closes the socket and every connection, like a host that was killed.
  void go() {
    listening_.reset();
    std::filesystem::remove(folder_ / "host.sock");
    peers_.clear();
    open_.clear();
  }

  void reply(const Call& call, std::string_view result) {
    open_.erase(call.id);
    send(call.peer,
         R"({"jsonrpc":"2.0","id":)" + std::to_string(call.id) + R"(,"result":)" + std::string(result) + "}");
  }
  void refuse(const Call& call, std::string_view code, std::string_view message) {
    open_.erase(call.id);
    const json::object error{{"code", -32000}, {"message", message}, {"data", {{"code", code}}}};
    send(call.peer, json::serialize(json::object{{"jsonrpc", "2.0"}, {"id", call.id}, {"error", error}}));
  }

  Script script;
  std::vector<Call> calls;
  std::vector<std::int64_t> cancelled;

 private:
  struct Peer {
    os::EventLoop::Watch socket;
    std::string partial;
  };

  void accept_one() {
    auto& peer = *peers_.emplace_back(std::make_unique<Peer>());
    os::Fd socket(::accept4(listening_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    peer.socket = event_loop_.watch(std::move(socket), POLLIN, [this, &peer](short) { read(peer); });
  }
  void read(Peer& peer) {
    std::string bytes(65'536, '\0');
    const auto got = ::read(peer.socket.fd(), bytes.data(), bytes.size());
    if (got <= 0) return peer.socket.reset();
    peer.partial.append(bytes, 0, std::size_t(got));
    const int fd = peer.socket.fd();
    for (const auto& line : os::take_lines(peer.partial)) take(line, fd);
  }
  void take(const std::string& line, int peer) {
    const auto message = json::parse(line);
    if (text_at(message, "method") == "$/cancel") {
      cancelled.push_back(*integer_at(message.at("params"), "id"));
      return;
    }
    calls.push_back(
        {*integer_at(message, "id"), std::string(text_at(message, "method")), message.at("params").as_object(), peer});
    const auto call = calls.back();
    if (open_.size() >= kInFlight)
      return refuse(call, "busy", "64 calls of this connection are in flight; wait for one");
    open_.insert(call.id);
    if (script) script(call);
  }
  void send(int peer, std::string line) {
    line += '\n';
    const auto written = ::write(peer, line.data(), line.size());
    if (written != ssize_t(line.size())) std::abort();
  }

  os::EventLoop& event_loop_;
  const std::filesystem::path folder_;
  os::EventLoop::Watch listening_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::set<std::int64_t> open_;
};

}  // namespace hive::harness::testing
