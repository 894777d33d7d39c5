#pragma once
#include <hive/os/event_loop.hpp>

namespace hive::harness {

using os::EventLoop;
using Clock = EventLoop::Clock;
using std::chrono::milliseconds;

}  // namespace hive::harness
