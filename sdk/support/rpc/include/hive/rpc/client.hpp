#pragma once
#include <hive/rpc/calling.hpp>
#include <hive/rpc/connection.hpp>
#include <hive/sdk/method.hpp>

#include <chrono>
#include <mutex>
#include <vector>

namespace hive::rpc {

using std::chrono::milliseconds;

/// How long a call is waited for, and what ends it sooner.
struct CallOptions {
  milliseconds deadline{0};  // 0: the method's own and five seconds more
  Repeat repeat = Repeat::never;
  /// A descriptor that ends the call with `cancelled` once it is readable, borrowed for the call; -1: none.
  int interrupt = -1;
};

/// Blocking calls to a host that may come and go. While nobody listens, a call tries again with
/// back-off until its deadline, whatever `repeat` says: nothing was sent yet.
///
/// Any number of threads may call at once; each has a connection to itself, and idle ones are kept.
/// No thread of its own: a call is one send and one poll.
class Client {
 public:
  /// Connects to nothing yet: the first call does.
  explicit Client(std::filesystem::path socket_or_folder) : socket_(std::move(socket_or_folder)) {}

  /// Calls `method` and waits. Members of the result that R does not have are ignored. Errors: the host's; unavailable
  /// (lost, or nobody listened until the deadline), timeout (no answer until the deadline; the connection is closed,
  /// which tells the host to stop), cancelled (`interrupt`), forbidden (no permission to connect), too_large and
  /// invalid_params (as Connection::send; also: the result is no R). [any-thread] [blocking]
  template <class P, class R>
  Result<R> call(const Method<P, R>& method, const P& params, CallOptions options = {}) {
    if (options.deadline.count() == 0) options.deadline = method.deadline + kGrace;
    auto text = call_text(method.name, encode_text(params), options);
    if (!text) return text.error();
    return decode_text<R>(*text, Unknown::ignore);
  }
  /// The same in JSON text. A deadline of 0 is 35 s here. [any-thread] [blocking]
  Result<std::string> call_text(std::string_view method, std::string_view params, CallOptions options = {});

 private:
  /// Kept open between calls, at most.
  static constexpr std::size_t kIdle = 4;

  Result<Connection> take_connection();
  void give_back(Connection connection);

  const std::filesystem::path socket_;
  std::mutex mutex_;
  std::vector<Connection> idle_;
};

}  // namespace hive::rpc
