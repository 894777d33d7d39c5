#pragma once
#include <hive/rpc/testing/line_peer.hpp>

#include <filesystem>
#include <string>

namespace hive::bench {

/// Ends the benchmark by an exception, so that its processes and files go with it.
[[noreturn]] void give_up(const std::string& why);

/// A client for whom an error is the end of the benchmark, no more clever than it needs: the floor of what one costs.
class LineClient {
 public:
  /// Waits for the socket, at most ten seconds.
  explicit LineClient(const std::filesystem::path& socket);

  void send(std::string_view method, std::string_view params) { peer_.begin(method, params); }
  /// The next line; an error in it ends the program.
  std::string read();
  std::string call(std::string_view method, std::string_view params) {
    send(method, params);
    return read();
  }

 private:
  rpc::testing::LinePeer peer_;
};

/// The integer after `"name":` in a line; 0 when it is not there.
long number_in(std::string_view line, std::string_view name);

}  // namespace hive::bench
