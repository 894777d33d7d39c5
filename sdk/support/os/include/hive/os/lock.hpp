#pragma once
#include <hive/os/fd.hpp>

#include <sys/types.h>

#include <chrono>

namespace hive::os {

/// A write lock on a file, held until this object or the process ends. A record lock on purpose: a
/// forked child does not share it (flock's it would, until its exec), and it names its holder.
/// Closing any other descriptor of the same file in this process would drop it: open it once.
class RecordLock {
 public:
  /// Takes the lock of the file `name` in `folder`, which is made if it is not there. Errors: conflict, naming the
  /// holder's pid; forbidden (no right to it, or a link); unavailable. [blocking]
  static Result<RecordLock> take(int folder, const std::string& name);
  /// The same, tried again until `patience` is over. [blocking]
  static Result<RecordLock> take(int folder, const std::string& name, std::chrono::milliseconds patience);

 private:
  explicit RecordLock(Fd file) : file_(std::move(file)) {}
  Fd file_;
};

/// The pid of who holds the lock; 0: nobody, or the file cannot be opened. Never call it in the process that holds it:
/// that would drop the lock. [blocking]
pid_t lock_holder(int folder, const std::string& name);

}  // namespace hive::os
