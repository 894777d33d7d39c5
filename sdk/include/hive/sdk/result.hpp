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

struct Error {
  Code code = Code::internal;
  std::string message;  // one sentence: the thing, what was found, what to do
};

inline Error error(Code code, std::string message) {
  return {code, std::move(message)};
}

/// A value or an error, with std::expected's names. Reading the one that is not there terminates.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error failure) : state_(std::in_place_index<1>, std::move(failure)) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  T& operator*() & noexcept { return *std::get_if<0>(&state_); }
  const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
  T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }
  const Error& error() const noexcept { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

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

using Status = Result<void>;

/// Of work that is done elsewhere (Host::blocking, Host::parallel): what it came to, or what kept it from
/// running.
template <class T>
Result<T> flat(Result<Result<T>> done) {
  if (!done) return done.error();
  return std::move(*done);
}

}  // namespace hive
