#pragma once
#include <hive/sdk/result.hpp>

#include <spdlog/fwd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace hive::host {

/// The host's log: standard error, unless it is for the file alone, and ROOT/logs/host.log, a level for each plugin and
/// for `host`. Written synchronously, so that a crash loses nothing. [any-thread]
class Log {
 public:
  enum class To { standard_error, file_alone };
  explicit Log(abi::Level level, To to = To::standard_error);
  ~Log();

  /// Also to `folder`/host.log, rotated at 10 MiB, five files. Errors: unavailable. [blocking]
  Status add_file(const std::filesystem::path& folder);
  void write(const std::string& source, abi::Level level, std::string_view text);
  /// `source`: a plugin's id, `host`, or `*` for all, those to come included.
  void set_level(const std::string& source, abi::Level level);

 private:
  // shared_ptr: spdlog's loggers share their sinks.
  std::shared_ptr<spdlog::logger> logger_of(const std::string& source);

  std::mutex mutex_;
  abi::Level level_;
  std::vector<std::shared_ptr<spdlog::sinks::sink>> sinks_;
  std::map<std::string, std::shared_ptr<spdlog::logger>> loggers_;
};

}  // namespace hive::host
