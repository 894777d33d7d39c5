#pragma once
#include <hive/sdk/abi.hpp>

/// A descriptor made by hand, so that each bad plugin can get one thing wrong.
namespace hive::abi_test {

inline abi::Plugin* create(abi::Host*, const abi::Environment*) noexcept {
  return nullptr;
}
inline void destroy(abi::Plugin*) noexcept {}
inline void describe_settings(abi::Sink sink) noexcept {
  sink.take(sink.context, "{}");
}
inline void check_settings(std::string_view, abi::Sink) noexcept {}

constexpr abi::Descriptor descriptor(const char* id) {
  return {sizeof(abi::Descriptor),
          abi::kMajor,
          abi::kMinor,
          abi::kTag,
          id,
          "1.0.0",
          id,
          "",
          "",
          "",
          "",
          &create,
          &destroy,
          &describe_settings,
          &check_settings,
          "",
          ""};
}

}  // namespace hive::abi_test

#define HIVE_EXPORT extern "C" __attribute__((visibility("default"))) constinit const hive::abi::Descriptor
