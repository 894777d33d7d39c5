#pragma once
#include <cstdint>

namespace hive::abi {

/// The plugin ABI that this SDK speaks. A plugin of another major, or of a newer minor than the
/// host's, is refused; an older minor is accepted.
inline constexpr std::uint32_t kMajor = 1;
inline constexpr std::uint32_t kMinor = 1;

// static, not inline: an inline constant in a plugin may be bound to the host's copy and then equal
// itself. Only what changes layout is in the tag.
#if defined(__SANITIZE_ADDRESS__)
static constexpr char kTag[] = "itanium-libstdcxx11-asan";
#elif defined(__SANITIZE_THREAD__)
static constexpr char kTag[] = "itanium-libstdcxx11-tsan";
#else
static constexpr char kTag[] = "itanium-libstdcxx11";
#endif

}  // namespace hive::abi
