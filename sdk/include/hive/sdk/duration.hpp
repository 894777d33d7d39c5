#pragma once
#include <chrono>
#include <string>

namespace hive {

/// A duration as messages and documents say it: `250 ms`, `30 s`, and whole minutes over two as `30 minutes`.
/// [any-thread]
std::string duration_text(std::chrono::milliseconds time);

}  // namespace hive
