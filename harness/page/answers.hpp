#pragma once
#include <hive/sdk/contracts/page.hpp>

#include "event/bus.hpp"
#include "store/stats.hpp"

namespace hive::harness {

/// What `page.state`, `page.history` and `page.stats` answer. One thread.
class PageAnswers {
 public:
  /// `state` gives the rest of the state: all but the mark of its events.
  PageAnswers(EventBus& bus, StatStore& stats, std::function<page::State()> state)
      : bus_(bus), stats_(stats), state_(std::move(state)) {}

  /// JSON text of the result, below 1 MiB. Errors: method_not_found, invalid_params, those of the stores. [blocking]
  Result<std::string> answer(std::string_view method, std::string_view params);

 private:
  std::string state();
  Result<std::string> history(const page::History& asked);
  Result<std::string> stats(const page::StatsQuery& asked);

  EventBus& bus_;
  StatStore& stats_;
  std::function<page::State()> state_;
};

/// JSON text of page::LiveEvent.
std::string event_text(std::string_view epoch, const LiveEvent& event);

}  // namespace hive::harness
