#pragma once
#include <optional>
#include <string>

namespace hive::broker {

inline constexpr std::string_view kOperator = "operator", kManager = "manager", kSystem = "system";

inline bool is_agent(std::string_view name) {
  return name != kOperator && name != kManager && name != kSystem;
}

/// A name, and the incarnation that it stood for when the request came. None: of the operator and the system, and
/// while lifecycle has not said.
struct Party {
  Party(std::string whose, std::optional<std::string> which = {})
      : name(std::move(whose)), incarnation(std::move(which)) {}
  Party(const char* whose) : name(whose) {}

  std::string name;
  std::optional<std::string> incarnation;
};

}  // namespace hive::broker
