#pragma once
#include <hive/sdk/contracts/page.hpp>

#include "event/bus.hpp"
#include "link/host_link.hpp"
#include "stream/facts.hpp"

namespace hive::harness {

/// Tells the host and the page what the harness does now. One report is on the way at a time and the
/// newest goes next, so a host that is away costs nothing. One thread.
class Reporter {
 public:
  /// A report that the host did not take is sent again after `pause`, unless a newer one was sent meanwhile.
  Reporter(os::EventLoop& event_loop, HostLink& link, EventBus& bus, std::filesystem::path notes,
           std::chrono::milliseconds pause = std::chrono::milliseconds(30'000));
  Reporter(const Reporter&) = delete;

  /// A state, and where it ends by itself when that is, and why it began.
  struct Standing {
    turns::TurnState state;
    std::optional<Time> until{};
    std::string reason{};
  };
  void tell(const Standing& standing);
  void tell(turns::TurnState state) { tell(Standing{.state = state}); }
  /// What is reported and published from here on is about this turn.
  void begin_turn(std::int64_t turn);
  void end_turn();
  /// `of_run`: of the run that is under way, if one is.
  void tell_model(const page::Model& model, const std::optional<std::string>& of_run);
  /// The CLI wrote something; reported every few seconds at most.
  void output_seen(const RunFacts& facts);
  /// `spent_today`: with that run, if it is known.
  void run_ended(const page::TurnStat& stat, std::optional<double> spent_today);
  /// To be called when the host is there again: it may have missed the last one.
  void repeat();

  turns::TurnState state() const { return report_.state; }
  const turns::Report& report() const { return report_; }

 private:
  void send();

  os::EventLoop& event_loop_;
  HostLink& link_;
  EventBus& bus_;
  const std::filesystem::path notes_;
  const std::chrono::milliseconds pause_;
  turns::Report report_;
  std::string model_;  // as the page was told
  bool under_way_ = false, changed_ = false;
  os::EventLoop::Timer again_;
  os::EventLoop::Clock::time_point last_sent_{};
};

}  // namespace hive::harness
