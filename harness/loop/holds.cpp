#include "loop/holds.hpp"

namespace hive::harness {

using turns::TurnState;

void Holds::resume() {
  is_paused_ = false;
  parked_until_.reset(), try_at_.reset();
  shop_.login.forget_refusal();
}

bool Holds::wait_until_allowed() {
  if (!shop_.login.is_logged_in()) {
    wait_for_login([] { return false; });
    return false;
  }
  if (!is_gate_known_)
    if (auto asked = ask_gate(); !asked) {
      if (!waits_.is_stopping()) waits_.wait_after(asked.error());
      return false;
    }
  const auto held = standing();
  if (held) waits_.wait_visibly(*held);
  return !held;
}

std::optional<Reporter::Standing> Holds::standing() const {
  if (is_paused_) return Reporter::Standing{.state = TurnState::paused};
  if (is_parked()) return Reporter::Standing{.state = TurnState::rate_limited, .until = parked_until_};
  return std::nullopt;
}

Status Holds::ask_gate() {
  const auto gate = waits_.ask(turns::kGate, None{});
  const bool nobody_holds_gates = !gate && gate.error().code == Code::method_not_found;
  if (!gate && !nobody_holds_gates) return gate.error();
  is_gate_known_ = true;
  if (gate) is_paused_ = gate->paused;
  return {};
}

void Holds::wait_for_login(const Waits::Until& give_up) {
  while (!waits_.is_stopping() && !give_up() && !shop_.login.is_logged_in()) {
    shop_.log("not logged in; waiting for a login or a configured key");
    if (auto watching = shop_.login.watch([this] { waits_.interrupt(); }); !watching) {
      waits_.wait_after(watching.error());
      continue;
    }
    // Watched first, then looked: a login between the two would be missed the other way round.
    while (!waits_.is_stopping() && !give_up() && !shop_.login.is_logged_in()) {
      waits_.look();
      waits_.wait_visibly({.state = TurnState::needs_login});
    }
    shop_.login.unwatch();
  }
}

void Holds::wait_out(const std::optional<Reporter::Standing>& standing, const Waits::Until& give_up) {
  try_at_ = standing ? standing->until : std::nullopt;
  while (!waits_.is_stopping() && !give_up()) {
    waits_.look();
    const bool is_early = try_at_ && *try_at_ > wall_time();
    if (const auto held = this->standing())
      waits_.wait_visibly(*held);
    else if (is_early)
      waits_.wait_visibly({standing->state, try_at_, standing->reason});
    else
      break;
  }
  try_at_.reset();
}

}  // namespace hive::harness
