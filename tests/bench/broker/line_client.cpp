#include "line_client.hpp"

#include <hive/os/unix_socket.hpp>

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
      peer_ = rpc::testing::LinePeer(std::move(*connected));
      return;
    }
    if (tries == 1'000) give_up(connected.error().message);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

std::string LineClient::read() {
  auto line = peer_.line();
  if (line.empty()) give_up("the host closed the connection");
  if (line.find(R"("error":{)") != line.npos) give_up(line);
  return line;
}

long number_in(std::string_view line, std::string_view name) {
  const auto found = line.find("\"" + std::string(name) + "\":");
  if (found == line.npos) return 0;
  return std::strtol(line.data() + found + name.size() + 3, nullptr, 10);
}

}  // namespace hive::bench
