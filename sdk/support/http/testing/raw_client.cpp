#include "raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>

namespace hive::http {

namespace {
constexpr int kPatience = 20'000;  // ms; a test that waits that long has failed
}

RawClient::RawClient(std::uint16_t port, int receive_buffer)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&where), sizeof where) != 0) socket_.reset();
}

RawClient& RawClient::send(std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;  // what the other side does not take shows in what it answers
    text.remove_prefix(std::size_t(sent));
  }
  return *this;
}

bool RawClient::more() {
  if (!socket_) return false;  // nobody took the connection, and poll() would wait on no descriptor at all
  pollfd waiting{socket_.get(), POLLIN, 0};
  if (::poll(&waiting, 1, kPatience) <= 0) {
    buffer_ += "(nothing came for too long)";
    socket_.reset();
    return false;
  }
  std::array<char, 65'536> part;
  const auto got = ::recv(socket_.get(), part.data(), part.size(), 0);
  if (got <= 0) return false;
  buffer_.append(part.data(), std::size_t(got));
  return true;
}

std::string RawClient::read_until(std::string_view text) {
  std::size_t at = 0;
  while ((at = buffer_.find(text)) == std::string::npos)
    if (!more()) return std::exchange(buffer_, {});
  auto found = buffer_.substr(0, at + text.size());
  buffer_.erase(0, at + text.size());
  return found;
}

RawClient::Answer RawClient::stream() {
  Answer answer;
  answer.head = read_until("\r\n\r\n");
  if (answer.head.starts_with("HTTP/1.1 ")) answer.status = std::atoi(answer.head.c_str() + 9);
  return answer;
}

RawClient::Answer RawClient::answer() {
  auto answer = stream();
  const auto length = std::size_t(std::atoll(answer.header("Content-Length").c_str()));
  while (buffer_.size() < length && more()) {
  }
  answer.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return answer;
}

RawClient::Answer RawClient::answer_to_head() {
  return stream();
}

std::string RawClient::rest() {
  while (more()) {
  }
  return std::exchange(buffer_, {});
}

void RawClient::end_sending() {
  ::shutdown(socket_.get(), SHUT_WR);
}

void RawClient::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_.reset();
}

std::string RawClient::Answer::header(std::string_view name) const {
  const auto line = "\r\n" + std::string(name) + ": ";
  const auto at = head.find(line);
  if (at == std::string::npos) return {};
  const auto begin = at + line.size();
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::string get(std::string_view path, std::string_view headers) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) + "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view headers) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(headers) + "\r\n" + std::string(body);
}

}  // namespace hive::http
