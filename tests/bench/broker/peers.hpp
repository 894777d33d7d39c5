#pragma once
#include "figures.hpp"

#include <hive/os/fd.hpp>

#include <filesystem>

namespace hive::bench {

/// What a durable write costs at least on this disk: one pwrite and fdatasync.
class RawWrite {
 public:
  explicit RawWrite(const std::filesystem::path& folder);
  Clock::duration once(std::string_view bytes);

 private:
  os::Fd file_;
  long at_ = 0;
};

/// Rows a second of SQLite alone in batches of 100, durable, with a unique key.
double sqlite_rows_a_second(const std::filesystem::path& folder, int rows);

}  // namespace hive::bench
