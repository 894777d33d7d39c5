#pragma once
#include <cstdint>
#include <string_view>

namespace hive {

/// Who may call a method, give a member of its params, or see an event. `self`, for events: the agent that
/// the event is about.
enum class Who : std::uint32_t { none = 0, operators = 1, manager = 2, agents = 4, plugins = 8, self = 16 };
/// Either of them.
constexpr Who operator|(Who a, Who b) {
  return Who(std::uint32_t(a) | std::uint32_t(b));
}
/// Whether they have one in common.
constexpr bool operator&(Who a, Who b) {
  return (std::uint32_t(a) & std::uint32_t(b)) != 0;
}
/// All who may call; `self` is for events alone.
inline constexpr Who kEveryCaller = Who::operators | Who::manager | Who::agents | Who::plugins;

/// "operator", "manager", "agent:<name>", "plugin:<id>"; anything else is `none`. [any-thread]
Who who_is(std::string_view principal);

}  // namespace hive
