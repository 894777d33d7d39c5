#pragma once
#include <hive/sdk/contracts/broker.hpp>

namespace hive::broker {

/// `[plugins.broker]`
struct Settings {
  std::int64_t body_bytes = 1'024;
  std::int64_t kept_days = 30;
  std::int64_t sender_messages = 200'000, sender_mib = 256;
  std::int64_t free_percent = 5, free_mib = 512;
};
constexpr auto fields(Of<Settings>) {
  return shape(
      field<&Settings::body_bytes>("body_bytes",
                                   "bytes that a message may have at most; the system's own messages may have 16 KiB")
          .between(64, std::int64_t(kMostBodyBytes))
          .defaulted(),
      field<&Settings::kept_days>("kept_days", "days that a settled message is kept").between(1, 3'650).defaulted(),
      field<&Settings::sender_messages>("sender_messages", "messages that one agent may have stored, in whatever state")
          .between(1'000, 100'000'000)
          .defaulted(),
      field<&Settings::sender_mib>("sender_mib", "MiB that the stored messages of one agent may take")
          .between(1, 1'000'000)
          .defaulted(),
      field<&Settings::free_percent>("free_percent", "percent of the disk that must be free for agents to send")
          .between(0, 99)
          .defaulted(),
      field<&Settings::free_mib>("free_mib", "MiB of the disk that must be free for agents to send")
          .between(0, 100'000'000)
          .defaulted());
}

}  // namespace hive::broker
