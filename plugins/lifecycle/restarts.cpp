#include "restarts.hpp"

#include <algorithm>

namespace hive::lifecycle {

std::optional<milliseconds> Restarts::count_next(Time now) {
  // One that lies ahead is of a clock that was put back since: it would count until that time comes again.
  std::erase_if(at_, [&](Time at) { return at.ms + limits_.window.count() <= now.ms || at > now; });
  if (std::int64_t(at_.size()) >= limits_.cap) return {};
  auto wait = limits_.first;
  for (std::size_t i = 0; i < at_.size() && wait < limits_.longest; ++i) wait *= 2;
  at_.push_back(now);
  return std::min(wait, limits_.longest);
}

}  // namespace hive::lifecycle
