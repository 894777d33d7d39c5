#pragma once
#include <hive/os/files.hpp>
#include <hive/os/unix_socket.hpp>
#include <hive/rpc/connection.hpp>
#include <hive/sdk/codec.hpp>
#include <hive/sdk/method.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <boost/json.hpp>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace hive::rpc::testing {

/// One end of a socket whose messages are lines of JSON, in the hands of a test: it sends what it is told, whole or
/// broken, and reads what comes. It waits in the system, or where the other end is in the same thread in `turn`, which
/// lets that end go on. One thread at a time, but for shut().
class LinePeer {
 public:
  /// Takes a socket that is connected; without one nothing can be sent and nothing comes.
  explicit LinePeer(os::Fd connected = {}, std::function<void()> turn = {})
      : socket_(std::move(connected)), turn_(std::move(turn)) {}
  /// Connects to `socket`; the end of the test when nobody listens there.
  explicit LinePeer(const std::filesystem::path& socket, std::function<void()> turn = {})
      : LinePeer(std::move(*os::connect_to(socket)), std::move(turn)) {}

  /// Sends `text` as it is. False: nobody reads any more.
  bool write(std::string_view text) const {
    while (!text.empty()) {
      const auto sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | flags());
      if (sent < 0 && is_to_wait())
        turn_();
      else if (sent <= 0)
        return false;
      else
        text.remove_prefix(std::size_t(sent));
    }
    return true;
  }
  /// Sends `line` and its end. False: nobody reads any more.
  bool send(std::string line) const { return write(line += '\n'); }
  /// Asks for `method` under an id of the test's own; `params` is JSON text, which may be wrong.
  void request(int id, std::string_view method, std::string_view params = "{}") const {
    send(std::string(R"({"jsonrpc":"2.0","id":)") + std::to_string(id) + R"(,"method":")" + std::string(method) +
         R"(","params":)" + std::string(params) + "}");
  }
  /// The same under the next id.
  void begin(std::string_view method, std::string_view params = "{}") { request(++last_, method, params); }

  /// The next line, without its newline; empty when the other end has closed.
  std::string line() {
    for (;;) {
      if (const auto end = in_.find('\n', at_); end != in_.npos) {
        const auto begin = std::exchange(at_, end + 1);
        return in_.substr(begin, end - begin);
      }
      if (!read_more()) return {};
    }
  }
  /// The next line, decoded; throws when it is no JSON.
  json::value json_line() { return json::parse(line()); }
  /// Asks, and gives the next line.
  std::string ask(std::string_view method, std::string_view params = "{}") {
    begin(method, params);
    return line();
  }
  /// The same, decoded: the result, or the error's code and message.
  template <class P, class R>
  Result<R> call(const Method<P, R>& method, const P& params) {
    return outcome_of<R>(ask(method.name, encode_text(params)));
  }
  /// What a line answers.
  template <class R>
  static Result<R> outcome_of(std::string_view line) {
    const auto answer = json::parse(line);
    if (const auto* result = answer.as_object().if_contains("result")) return decode_value<R>(*result, Unknown::refuse);
    const auto& refusal = answer.at("error");
    return error(code_named(refusal.at("data").at("code").as_string()), std::string(refusal.at("message").as_string()));
  }

  /// Closes the socket, so that the other end hears of it.
  void close() { socket_.reset(); }
  /// Sends nothing any more; what the other end says still comes.
  void half_close() const { ::shutdown(socket_.get(), SHUT_WR); }
  /// Whoever is in `write` or `line` comes back. [any-thread]
  void shut() const { ::shutdown(socket_.get(), SHUT_RDWR); }
  /// The other end has closed; what it had sent may not be read yet.
  bool has_ended() const {
    pollfd polled{socket_.get(), 0, 0};
    return ::poll(&polled, 1, 0) == 1 && (polled.revents & POLLHUP) != 0;
  }

 private:
  int flags() const { return turn_ ? MSG_DONTWAIT : 0; }
  bool is_to_wait() const { return turn_ && (errno == EAGAIN || errno == EWOULDBLOCK); }
  bool read_more() {
    in_.erase(0, std::exchange(at_, 0));
    char part[65'536];
    for (;;) {
      const auto got = ::recv(socket_.get(), part, sizeof part, flags());
      if (got < 0 && is_to_wait()) {
        turn_();
        continue;
      }
      if (got > 0) in_.append(part, std::size_t(got));
      return got > 0;
    }
  }

  os::Fd socket_;
  std::function<void()> turn_;
  int last_ = 1'000'000;
  std::string in_;
  std::size_t at_ = 0;  // of in_: what is before it was given
};

/// A socket that a test accepts by hand.
class LineListener {
 public:
  /// Listens as `name` in `folder`, which is there.
  LineListener(const std::filesystem::path& folder, std::string_view name = kSocketName)
      : socket_(std::move(*os::listen_in(os::open_folder(folder)->get(), std::string(name)))) {}
  /// Waits for the next that connects.
  LinePeer accept() const { return LinePeer(os::Fd(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC))); }

 private:
  os::Fd socket_;
};

}  // namespace hive::rpc::testing
