#pragma once
#include <hive/sdk/result.hpp>

#include <utility>

namespace hive::os {

/// Owns one descriptor, or none, and closes it at its end. Everything in this library opens close-on-exec. Used by one
/// thread at a time.
class Fd {
 public:
  Fd() = default;
  /// Owns `number` from now on; below 0: none.
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }

  /// Closes it, where there is one.
  void reset() noexcept;
  /// Its number, which is this object's still; -1: none.
  int get() const noexcept { return number_; }
  /// Its number, which is the caller's to close from now on; -1: none.
  int release() noexcept { return std::exchange(number_, -1); }
  explicit operator bool() const noexcept { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// The error of the last system call, by errno: not_found (no such file or process), forbidden (no right to it, a link,
/// another file system), else unavailable; with "<what>: <strerror>". [any-thread]
Error last_error(const std::string& what);

/// Whether `fd` can be read now, or has hung up. [any-thread]
bool is_readable(int fd);

/// Two connected ends.
struct Pair {
  Fd first, second;
};
/// A pipe: `first` is read, `second` is written. Errors: unavailable. [any-thread]
Result<Pair> make_pipe();
/// Two ends of a stream of bytes in both directions. Errors: unavailable. [any-thread]
Result<Pair> make_socket_pair();

}  // namespace hive::os
