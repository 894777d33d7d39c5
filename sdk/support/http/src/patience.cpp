#include "patience.hpp"

namespace hive::http {

void Patience::await_request(Waiting what) {
  if (request_ == what) return;
  request_ = what;
  const auto now = Clock::now();
  if (what == Waiting::idle) idle_since_ = now;
  until_ = now + (what == Waiting::idle   ? limits_.idle_time
                  : what == Waiting::head ? limits_.head_time
                                          : limits_.body_time);
}

void Patience::await_answer() {
  request_.reset();
  until_ = Clock::now() + limits_.answer_time;
}

}  // namespace hive::http
