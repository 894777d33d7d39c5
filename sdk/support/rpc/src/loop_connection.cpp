#include <hive/rpc/loop_connection.hpp>

namespace hive::rpc {

LoopConnection::LoopConnection(os::EventLoop& loop, Connection connection, std::function<void()> served)
    : loop_(loop), connection_(std::move(connection)), served_(std::move(served)) {
  watch();
}

Result<Connection::CallId> LoopConnection::send(std::string_view method, std::string_view params,
                                                Connection::Answer answer) {
  auto sent = connection_.send(method, params, std::move(answer));
  watch();
  return sent;
}

void LoopConnection::cancel(CallId call) {
  connection_.cancel(call);
  watch();
}

void LoopConnection::lose(const Error& why) {
  watch_.reset(), resuming_.reset();  // before the number of its descriptor is free
  connection_.lose(why);
}

void LoopConnection::serve(short events) {
  if ((events & POLLOUT) != 0) connection_.on_writable();
  if ((events & ~POLLOUT) != 0) connection_.on_readable(loop_.now());
  watch();
  const auto served = served_;  // it may destroy this
  served();
}

/// For what the connection waits for now. A hang-up is told also to who asks for nothing, so one that may neither be
/// read nor written now is not watched.
void LoopConnection::watch() {
  if (!connection_.is_open()) return watch_.reset(), resuming_.reset();
  const auto pause = connection_.pause(loop_.now());
  const auto events = short((pause.count() == 0 ? POLLIN : 0) | (connection_.want_write() ? POLLOUT : 0));
  if (events == 0)
    watch_.reset();
  else if (watch_)
    watch_.set_events(events);
  else
    watch_ = loop_.watch(connection_.fd(), events, [this](short seen) { serve(seen); });
  if (pause.count() > 0 || connection_.has_unread())
    resuming_ = loop_.after(pause, [this] { serve(POLLIN); });
  else
    resuming_.reset();
}

}  // namespace hive::rpc
