#pragma once
#include <hive/os/fd.hpp>

#include <filesystem>
#include <string>

namespace hive::bench {

/// Ends the benchmark by an exception, so that its processes and files go with it.
[[noreturn]] void give_up(const std::string& why);

/// JSON-RPC lines on one socket, no more clever than a benchmark needs: the floor of what a client costs.
class LineClient {
 public:
  /// Waits for the socket, at most ten seconds.
  explicit LineClient(const std::filesystem::path& socket);

  void send(std::string_view method, std::string_view params);
  /// The next line; an error in it ends the program.
  std::string read();
  std::string call(std::string_view method, std::string_view params) {
    send(method, params);
    return read();
  }

 private:
  os::Fd socket_;
  std::string buffer_;
  std::size_t at_ = 0;
  long id_ = 0;
};

/// The integer after `"name":` in a line; 0 when it is not there.
long number_in(std::string_view line, std::string_view name);

}  // namespace hive::bench
