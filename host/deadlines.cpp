#include "deadlines.hpp"

namespace hive::host {

Deadlines::Place Deadlines::add(abi::CallId call, std::uint32_t span_ms, Clock::time_point now) {
  auto& list = by_span_[span_ms];
  return list.insert(list.end(), Entry{now + std::chrono::milliseconds(span_ms), call, span_ms});
}

void Deadlines::remove(Place place) {
  by_span_[place->span_ms].erase(place);
}

std::optional<Deadlines::Clock::time_point> Deadlines::next() const {
  std::optional<Clock::time_point> first;
  for (const auto& [span, list] : by_span_)
    if (!list.empty() && (!first || list.front().due < *first)) first = list.front().due;
  return first;
}

std::vector<abi::CallId> Deadlines::due(Clock::time_point now) const {
  std::vector<abi::CallId> out;
  for (const auto& [span, list] : by_span_)
    for (auto entry = list.begin(); entry != list.end() && entry->due <= now; ++entry) out.push_back(entry->call);
  return out;
}

}  // namespace hive::host
