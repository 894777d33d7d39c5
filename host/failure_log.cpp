#include "failure_log.hpp"

#include <hive/utf8/utf8.hpp>

namespace hive::host {
namespace {

constexpr std::size_t kMostWords = 512;
constexpr std::chrono::minutes kBetweenRepeats{1};

}  // namespace

std::string FailureLog::line_for(const std::string& method, std::string_view words, Clock::time_point now) {
  words = utf8::beginning_of(words, kMostWords);
  auto& told = told_[method];
  if (told.words == words && now - told.at < kBetweenRepeats) {
    ++told.untold;
    return {};
  }
  auto line = method + " failed: " + std::string(words);
  if (told.words == words && told.untold > 0)
    line += " (as " + std::to_string(told.untold) + " times since the last line)";
  told = {std::string(words), now, 0};
  return line;
}

}  // namespace hive::host
