#pragma once
#include <hive/sdk/abi.hpp>

#include <string>
#include <utility>
#include <variant>

namespace hive {

/// Says what the caller can do about it. JSON-RPC codes, HTTP statuses and exit codes of the CLI
/// are derived from it in one table (errors.hpp).
using abi::Code;

/// The name that JSON-RPC errors, logs and the CLI show for a code. [any-thread]
std::string_view name_of(Code code);

/// Why something was not done. [any-thread]
struct Error {
  Code code = Code::internal;
  std::string message;  // one sentence: the thing, what was found, what to do
};

/// Makes an Error in one expression: `return error(Code::not_found, name + ": …")`. [any-thread]
inline Error error(Code code, std::string message) {
  return {code, std::move(message)};
}

/// A value or an error, with std::expected's names. Ask first: `*`, `->` and error() read what they name without
/// looking whether it is there. Used by one thread at a time.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error failure) : state_(std::in_place_index<1>, std::move(failure)) {}

  /// Whether there is a value; the same as `if (result)`.
  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  T& operator*() & noexcept { return *std::get_if<0>(&state_); }
  const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
  T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }
  /// Only where there is no value. Lives as long as this.
  const Error& error() const noexcept { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

/// Success or an error. An error of Code::ok is success; error() is always there.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() : error_{Code::ok, {}} {}
  Result(Error failure) : error_(std::move(failure)) {}

  bool has_value() const noexcept { return error_.code == Code::ok; }
  explicit operator bool() const noexcept { return has_value(); }
  const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

/// What a function gives that has nothing to give but whether it was done.
using Status = Result<void>;

/// Of work that is done elsewhere (Host::blocking, Host::parallel): what it came to, or what kept it from
/// running.
template <class T>
Result<T> flat(Result<Result<T>> done) {
  if (!done) return done.error();
  return std::move(*done);
}

}  // namespace hive
