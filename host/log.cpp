#include "log.hpp"

#include <hive/utf8/utf8.hpp>

#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hive::host {
namespace {

constexpr std::size_t kFileBytes = 10 << 20, kFiles = 5;
constexpr char kPattern[] = "%Y-%m-%dT%H:%M:%S.%e %^%l%$ %n: %v";

spdlog::level::level_enum theirs(abi::Level level) {
  switch (level) {
    case abi::Level::trace: return spdlog::level::trace;
    case abi::Level::debug: return spdlog::level::debug;
    case abi::Level::info: return spdlog::level::info;
    case abi::Level::warning: return spdlog::level::warn;
    default: return spdlog::level::err;
  }
}

/// Whether standard error already is that file, as when a script redirects it there.
bool is_standard_error(const std::filesystem::path& file) {
  struct stat ours{}, other{};
  return fstat(STDERR_FILENO, &ours) == 0 && stat(file.c_str(), &other) == 0 && ours.st_dev == other.st_dev &&
         ours.st_ino == other.st_ino;
}

/// One line an entry: what an agent or plugin wrote cannot look like another entry, nor command a terminal.
std::string one_line(std::string_view text) {
  return utf8::without_unseen(text, ' ');
}

}  // namespace

Log::Log(abi::Level level, To to) : level_(level) {
  if (to == To::file_alone) return;
  sinks_.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  sinks_.back()->set_pattern(kPattern);
}

Log::~Log() = default;

Status Log::add_file(const std::filesystem::path& folder) {
  const auto file = folder / "host.log";
  if (is_standard_error(file)) return {};
  try {
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file.string(), kFileBytes, kFiles);
    sink->set_pattern(kPattern);
    std::lock_guard lock(mutex_);
    sinks_.push_back(std::move(sink));
    loggers_.clear();
    return {};
  } catch (const std::exception& thrown) {
    return error(Code::unavailable, file.string() + ": cannot be opened for the log: " + thrown.what());
  }
}

std::shared_ptr<spdlog::logger> Log::logger_of(const std::string& source) {
  auto& logger = loggers_[source];
  if (logger) return logger;
  logger = std::make_shared<spdlog::logger>(source, sinks_.begin(), sinks_.end());
  logger->set_level(theirs(level_));
  logger->flush_on(spdlog::level::trace);
  return logger;
}

void Log::write(const std::string& source, abi::Level level, std::string_view text) {
  std::shared_ptr<spdlog::logger> logger;
  {
    std::lock_guard lock(mutex_);
    logger = logger_of(source);
  }
  if (logger->should_log(theirs(level))) logger->log(theirs(level), one_line(text));
}

void Log::set_level(const std::string& source, abi::Level level) {
  std::lock_guard lock(mutex_);
  if (source != "*") return logger_of(source)->set_level(theirs(level));
  level_ = level;
  for (auto& [name, logger] : loggers_) logger->set_level(theirs(level));
}

}  // namespace hive::host
