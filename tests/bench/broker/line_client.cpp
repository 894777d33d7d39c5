#include "line_client.hpp"

#include <hive/os/unix_socket.hpp>

#include <sys/socket.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace hive::bench {

void give_up(const std::string& why) {
  throw std::runtime_error("bench_broker: " + why);
}

LineClient::LineClient(const std::filesystem::path& socket) {
  for (int tries = 0;; ++tries) {
    auto connected = os::connect_to(socket);
    if (connected) {
      socket_ = std::move(*connected);
      return;
    }
    if (tries == 1'000) give_up(connected.error().message);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void LineClient::send(std::string_view method, std::string_view params) {
  std::string line = R"({"jsonrpc":"2.0","id":)" + std::to_string(++id_) + R"(,"method":")";
  line.append(method).append(R"(","params":)").append(params).append("}\n");
  for (std::size_t sent = 0; sent < line.size();) {
    const auto n = ::send(socket_.get(), line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) give_up("the host closed the connection");
    sent += std::size_t(n);
  }
}

std::string LineClient::read() {
  for (;;) {
    const auto end = buffer_.find('\n', at_);
    if (end != buffer_.npos) {
      auto line = buffer_.substr(at_, end - at_);
      at_ = end + 1;
      if (line.find(R"("error":{)") != line.npos) give_up(line);
      return line;
    }
    buffer_.erase(0, at_);
    at_ = 0;
    char part[16'384];
    const auto n = ::recv(socket_.get(), part, sizeof part, 0);
    if (n <= 0) give_up("the host closed the connection");
    buffer_.append(part, std::size_t(n));
  }
}

long number_in(std::string_view line, std::string_view name) {
  const auto found = line.find("\"" + std::string(name) + "\":");
  if (found == line.npos) return 0;
  return std::strtol(line.data() + found + name.size() + 3, nullptr, 10);
}

}  // namespace hive::bench
