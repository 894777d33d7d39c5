#pragma once
#include <hive/sdk/codec.hpp>

namespace hive::broker {

/// `[plugins.broker]`
struct Settings {
  std::int64_t body_bytes = 1'024;
  std::int64_t kept_days = 30;
};
constexpr auto fields(Of<Settings>) {
  return shape(
      field<&Settings::body_bytes>("body_bytes", "longest body; the system's own may have 16 KiB")
          .between(64, 65'536)
          .defaulted(),
      field<&Settings::kept_days>("kept_days", "how long settled messages are kept").between(1, 3'650).defaulted());
}

}  // namespace hive::broker
