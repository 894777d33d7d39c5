#include "connection.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace hive::sqlite {
namespace {

/// Written, not merely allocated: an extent that was never written costs its first commit a change of
/// the file system's own records, which is what this is to avoid.
bool fill(int file, off_t from, off_t to) {
  const std::string zeros(std::size_t(1) << 18, '\0');
  while (from < to) {
    const auto part = std::min(std::size_t(to - from), zeros.size());
    const auto written = ::pwrite(file, zeros.data(), part, from);
    if (written <= 0) return false;
    from += written;
  }
  return ::fdatasync(file) == 0;
}

}  // namespace

Status lay_out_log(Database& database, const Connection& connection) {
  int keep = 1;
  sqlite3_file_control(connection.handle, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
  // Under the write lock: nobody else appends meanwhile.
  auto held = Transaction::begin(database);
  if (!held) return held.error();
  const auto log = connection.options.file.string() + "-wal";
  const int file = ::open(log.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);  // SQLite's locks are on other files
  struct stat found{};
  bool done = file >= 0 && ::fstat(file, &found) == 0;
  const auto size = off_t(connection.options.log_bytes);
  if (done && found.st_size < size) done = fill(file, found.st_size, size);
  const std::string why = std::strerror(errno);
  if (file >= 0) ::close(file);
  if (!done)
    return error(Code::unavailable, connection.sentence("has no room for its log: " + why + "; free some space"));
  return {};
}

}  // namespace hive::sqlite
