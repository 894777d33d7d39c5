#pragma once
#include "loop/agent_cli.hpp"
#include "loop/agent_session.hpp"
#include "loop/holds.hpp"

namespace hive::harness {

/// What a turn works with; all of it outlives the turn.
struct TurnParts {
  const Workshop& shop;
  Waits& waits;
  Holds& holds;
  AgentCli& cli;
  AgentSession& session;
};

/// What becomes of a turn's messages after an attempt. put_off: they are queued again as if there had been no turn.
enum class Next { again, settled, put_off };

/// Decides what follows an attempt of one turn that came to nothing, by whose fault it was. One thread.
class NextTry {
 public:
  NextTry(const TurnParts& parts, std::int64_t turn) : parts_(parts), turn_(turn) {}
  NextTry(const NextTry&) = delete;

  /// Waits until another try makes sense, and until turns may go on. `verdict` is the turn's in the end. [blocking]
  Next after(Verdict& verdict, StopReason stopped);
  /// The operator ends the turn: nothing is waited for any more.
  void cancel() { is_cancelled_ = true; }
  /// An attempt of this turn began a new session.
  void session_began() { tries_.is_new_session = true; }
  /// For the next prompt: what came of the last attempt.
  const std::string& note() const { return note_; }

 private:
  /// False: another try makes no sense.
  bool wait_for_another(Verdict& verdict);
  bool prepare_session(Verdict& verdict);
  void compact_first();
  void drop_session(const std::string& why);
  void wait_for_vendor(const Verdict& verdict);
  void wait_for_machine(const Verdict& verdict);
  void wait_for_login(const Verdict& verdict);
  void wait_out(const std::optional<Reporter::Standing>& standing);

  const TurnParts parts_;
  const std::int64_t turn_;
  /// How often each thing happened to the turn.
  struct Tries {
    std::int64_t compactions = 0, refusals = 0, vendor_failures = 0, starts_failed = 0, logins_refused = 0;
    bool is_new_session = false;      // one began with an attempt of this turn
    bool is_session_dropped = false;  // because nothing could come of it
  };
  Tries tries_;
  bool is_cancelled_ = false;
  std::string note_;
};

}  // namespace hive::harness
