#include "stream.hpp"

#include <utility>

#include "core.hpp"

namespace hive::http {

bool Stream::send(const Bytes& frame) {
  const Client::Lock lock(client_.mutex());
  if (!is_live()) return false;
  if (client_.outlet().waiting() + frame->size() > client_.core().limits().stream_queue_bytes) {
    client_.cut("it reads its events too slowly");
    return false;
  }
  pushed_ = Client::Clock::now();
  client_.put(frame);
  client_.flush_soon();
  return is_live();
}

bool Stream::is_open() const {
  const Client::Lock lock(client_.mutex());
  return is_live();
}

void Stream::on_gone(std::function<void()> told) {
  const Client::Lock lock(client_.mutex());
  if (has_place_) {
    on_gone_ = std::move(told);
  } else {
    client_.core().loop().post(std::move(told));
  }
}

void Stream::end() {
  const Client::Lock lock(client_.mutex());
  if (!has_place_) return;
  on_gone_ = nullptr;
  client_.end_once_written();
}

void Stream::begin(Bytes head) {
  begun_ = has_place_ = true;
  pushed_ = Client::Clock::now();
  client_.put(std::move(head));
  client_.flush();
}

void Stream::tick(Client::Clock::time_point now) {
  if (!is_live() || now - pushed_ < client_.core().limits().heartbeat) return;
  pushed_ = now;
  client_.put(client_.core().heartbeat());
  if (!client_.outlet().is_awaiting()) client_.flush();
}

void Stream::over() {
  if (!std::exchange(has_place_, false)) return;
  client_.core().give_back_stream();
  if (on_gone_ && is_live()) client_.core().loop().post(std::move(on_gone_));
  on_gone_ = nullptr;
}

}  // namespace hive::http
