#pragma once
#include <hive/os/fd.hpp>

#include <string>
#include <string_view>

namespace hive::http {

/// A client that sends exactly what it is told and reads what comes, for tests.
class RawClient {
 public:
  struct Answer {
    int status = 0;  // 0: none came
    std::string head, body;
    /// Its value; empty when there is none.
    std::string header(std::string_view name) const;
  };

  explicit RawClient(std::uint16_t port, int receive_buffer = 0);
  RawClient& send(std::string_view text);
  /// One answer with Content-Length; that to a HEAD has no body.
  Answer answer();
  Answer answer_to_head();
  /// The head of an answer whose body goes on.
  Answer stream();
  /// Reads until `text` has come, and returns what came up to its end; less at the end of the connection.
  std::string read_until(std::string_view text);
  /// Whatever comes until the other side closes.
  std::string rest();
  /// Whether the other side closes, and sends nothing before it does.
  bool is_closed() { return rest().empty(); }
  /// Closes: with FIN for what this side sends alone, with FIN, with RST.
  void end_sending();
  void close() { socket_.reset(); }
  void reset();
  int fd() const { return socket_.get(); }

 private:
  bool more();

  os::Fd socket_;
  std::string buffer_;
};

/// "GET path HTTP/1.1" with a Host, and `headers`, each with its line end.
std::string get(std::string_view path, std::string_view headers = "");
std::string post(std::string_view path, std::string_view body, std::string_view headers = "");

}  // namespace hive::http
