#pragma once
#include <hive/sdk/contracts/runtime.hpp>

#include <hive/os/fd.hpp>

#include <filesystem>

namespace hive::supervisor {

/// Longest text of one log line; longer ones become several.
inline constexpr std::size_t kLogTextBytes = 8'192;

struct LogSize {
  std::size_t file_bytes = 1 << 20, files = 8;
};

/// One agent's output as JSON lines (runtime::LogLine), in files named after their first cursor.
/// One writer a folder; readers need no lock. [blocking]
class OutputLog {
 public:
  /// Continues after the newest whole line; one that a crash has cut is removed. Errors: unavailable.
  static Result<OutputLog> open(const std::filesystem::path& folder, LogSize size);

  /// Writes `text` (any bytes: what is not UTF-8 is replaced) as one line or more. A full disk loses
  /// lines, is counted, and never holds the agent up. A gap is said once on stderr and, when lines can
  /// be written again, by a line of its own in the log.
  void add(std::string_view stream, std::string_view text, Time now);

  /// Cursor of the newest line; 0: none.
  std::int64_t cursor() const { return next_ - 1; }
  std::int64_t lost() const { return lost_; }

 private:
  OutputLog(std::filesystem::path folder, LogSize size) : folder_(std::move(folder)), size_(size) {}
  Status open_newest();
  Status begin_file();
  Status open_again();
  void add_line(std::string_view stream, std::string_view text, Time now);
  void add_gap(Time now);
  Status write_line(std::string_view stream, std::string_view text, Time now);

  std::filesystem::path folder_, path_;
  LogSize size_;
  os::Fd file_;
  std::size_t written_ = 0;
  std::int64_t next_ = 1, lost_ = 0, gap_ = 0;  // gap_: lines lost since the last one that was written
};

struct LogQuery {
  std::optional<std::int64_t> after;  // absent: the newest lines
  std::size_t lines = 200;
  std::size_t bytes = 768 << 10;  // of text, so that a reply stays below its limit
};
/// Lines of a log that may be written at the same time, oldest first. A folder that is not there has
/// none. [blocking]
runtime::LogLines read_log(const std::filesystem::path& folder, const LogQuery& query);

/// `text` with everything that is not UTF-8 replaced by U+FFFD. [any-thread]
std::string clean_utf8(std::string_view text);

}  // namespace hive::supervisor
