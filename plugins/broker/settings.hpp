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
      field<&Settings::body_bytes>("body_bytes", "longest body; the system's own may have 16 KiB")
          .between(64, std::int64_t(kMostBodyBytes))
          .defaulted(),
      field<&Settings::kept_days>("kept_days", "how long settled messages are kept").between(1, 3'650).defaulted(),
      field<&Settings::sender_messages>("sender_messages", "messages that one agent may have stored, in whatever state")
          .between(1'000, 100'000'000)
          .defaulted(),
      field<&Settings::sender_mib>("sender_mib", "MiB that they may take").between(1, 1'000'000).defaulted(),
      field<&Settings::free_percent>("free_percent", "agents cannot send while less of the disk is free")
          .between(0, 99)
          .defaulted(),
      field<&Settings::free_mib>("free_mib", "agents cannot send while fewer MiB of the disk are free")
          .between(0, 100'000'000)
          .defaulted());
}

}  // namespace hive::broker
