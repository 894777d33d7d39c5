#pragma once
#include "stream/facts.hpp"

namespace hive::harness {

/// How a run of the CLI came out, and so what the loop does next.
enum class Outcome {
  ok,               // the messages count as handled
  failed,           // by what was asked or by the CLI: the messages go back, counted
  cancelled,        // it was asked to stop
  prompt_too_long,  // compact, then again
  rate_limited,     // wait for the reset, then again
  vendor_down,      // not the messages' fault: overloaded, unreachable, no credit, no such model: wait, then again
  not_begun,        // the machine's fault: no room, no program: wait, then again
  needs_login,      // no credential, or it was refused: wait for one, then again
  budget,           // it may spend no more
};
/// The word that the turn statistics keep: ok, failed, prompt_too_long, cancelled, rate_limited, budget.
std::string_view result_kind(Outcome outcome);

/// How the process ended. `asked_to_stop`: a signal was sent to end the turn early.
struct RunEnd {
  bool asked_to_stop = false;
  bool exited = false;
  int code = 0;    // of exit
  int signal = 0;  // else
  std::string stderr_tail;
  std::size_t left = 0;  // processes that it left and that could not be killed
};

struct Verdict {
  Outcome outcome = Outcome::failed;
  std::string reason{};            // one line for people; empty when ok
  std::optional<Time> again_at{};  // when the vendor named the time of the reset
};

/// `is_error` and `terminal_reason` decide, never the subtype: an API error is a "success" there, and
/// an interrupted run exits with 0. [any-thread]
Verdict judge(const RunFacts& facts, const RunEnd& end);

}  // namespace hive::harness
