#pragma once
#include <hive/sdk/result.hpp>

#include <utility>

namespace hive::os {

/// Owns one descriptor. Everything in this library opens close-on-exec.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }

  void reset() noexcept;
  int get() const noexcept { return number_; }
  int release() noexcept { return std::exchange(number_, -1); }
  explicit operator bool() const noexcept { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// The error of the last system call: `unavailable` with "<what>: <strerror>". [any-thread]
Error last_error(const std::string& what);

/// Whether `fd` can be read now, or has hung up. [any-thread]
bool is_readable(int fd);

/// Two connected ends. Errors: unavailable. [any-thread]
struct Pair {
  Fd first, second;
};
Result<Pair> make_pipe();
Result<Pair> make_socket_pair();

}  // namespace hive::os
