#pragma once
#include <hive/sdk/time.hpp>

#include <concepts>
#include <optional>
#include <string_view>
#include <variant>

namespace hive::sqlite {

/// One value for a statement's parameter. Text is borrowed until the statement has taken it.
class Value {
 public:
  Value(std::nullptr_t) {}
  template <std::integral I>
  Value(I number) : form_(std::int64_t(number)) {}
  Value(double number) : form_(number) {}
  Value(Time time) : form_(time.ms) {}
  Value(std::string_view text) : form_(text) {}
  Value(const std::string& text) : form_(std::string_view(text)) {}
  Value(const char* text) : form_(std::string_view(text)) {}
  template <class T>
  Value(const std::optional<T>& maybe) {
    if (maybe) *this = Value(*maybe);
  }

  const auto& form() const { return form_; }

 private:
  std::variant<std::monostate, std::int64_t, double, std::string_view> form_;
};

}  // namespace hive::sqlite
