#pragma once
#include "stream/facts.hpp"

namespace hive::harness {

/// How a run of the CLI came out, and so what the loop does next.
enum class Outcome {
  ok,
  unknown,          // it ended well, but what it said cannot be read: done is done, so nothing is repeated
  failed,           // by what was asked, or by the CLI in the middle of it
  cancelled,        // it was asked to stop
  prompt_too_long,  // compact, then again
  refused,          // the vendor takes no prompt of this session: again, then in a new one
  rate_limited,     // wait for the reset, then again
  vendor_down,      // overloaded, unreachable, no credit, no such model: wait, then again
  not_begun,        // no room, no program: wait, then again
  no_session,       // the CLI cannot read what is its own: wait, then again; the second time in a new session
  needs_login,      // no credential, or it was refused: wait for one, then again
  budget,           // it may spend no more: wait, then again
};
/// The word that the turn statistics keep: ok, unknown, failed, prompt_too_long, cancelled, rate_limited, budget.
std::string_view result_kind(Outcome outcome);

/// Whose fault it is that a run came to nothing. Messages are charged with a try for their own alone, and given up
/// after five; whatever is the fault of something else holds them until that is mended.
enum class Fault { nobody, messages, session, vendor, machine, login };
Fault fault_of(Outcome outcome);

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
  Fault fault = fault_of(outcome);
  bool charges_messages() const { return fault == Fault::messages; }
};

/// `is_error` and `terminal_reason` decide, never the subtype: an API error is a "success" there, and
/// an interrupted run exits with 0. [any-thread]
Verdict judge(const RunFacts& facts, const RunEnd& end);

}  // namespace hive::harness
