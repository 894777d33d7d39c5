#pragma once
#include <hive/sdk/contracts/broker.hpp>

#include "loop/ask.hpp"
#include "loop/driver.hpp"
#include "loop/login_watch.hpp"
#include "store/stats.hpp"
#include "store/turns.hpp"

namespace hive::harness {

/// What the loop works with; all of it outlives the loop.
struct Workshop {
  const Options& options;
  const agent::Config& config;
  EventLoop& event_loop;
  HostLink& link;
  EventBus& bus;
  Reporter& reporter;
  TurnStore& turns;
  StatStore& stats;
  LoginWatch& login;
  Driver& driver;
  std::function<void(std::string)> log;
};

/// The turns of one agent, one after the other: wait for messages, run the CLI on them, tell the host how
/// it came out. It ends when it is told to stop. One thread.
class TurnLoop {
 public:
  explicit TurnLoop(Workshop shop) : shop_(std::move(shop)), asker_(shop_.event_loop, shop_.link) {}

  /// Returns when stop() was called and what was under way has ended. [blocking]
  void run();

  /// A command of the host; also while a turn runs. A note on the page says that it was taken.
  void act(const turns::Command& command);
  /// What the page shows beside its events; the mark of those is left open. [blocking]
  page::State page_state();
  /// Lets the turn finish for the grace period, then interrupts it.
  void stop();
  /// The host is there again: what it decides may have changed.
  void host_came() { gate_is_known_ = false, attention_ = true; }

 private:
  /// What one turn is about.
  struct Mail {
    std::vector<broker::Message> messages;
    std::int64_t waiting = 0;
    std::int64_t last_operator_message = 0;
    bool is_empty() const { return messages.empty(); }
  };

  // turn_loop.cpp: what comes when
  Result<std::string> carry_out(const turns::Command& command);
  std::string cancel(const turns::Command& command);
  std::string hold_turns(const turns::Command& command);
  void tell_outcomes();
  bool wait_until_allowed();
  bool gate_is_open();
  void wait_for_login();
  bool is_parked() const { return parked_until_ && *parked_until_ > wall_time(); }
  void hold(const std::optional<Reporter::Standing>& wait);
  bool goes_on() const { return !stopping_ && !tries_.is_cancelled; }
  void wait_visibly(const Reporter::Standing& standing, const std::function<bool()>& done);
  void pause_after_error(const Error& failure);
  Mail next_mail();
  void add_operator_messages(Mail& mail);
  Verdict compact();

  // one_turn.cpp: from messages to an outcome
  void run_turn(const Mail& mail);
  Ran attempt(const Mail& mail, std::int64_t number);
  std::vector<std::string> notes(std::int64_t attempt);
  page::TurnStat stat_of(const Ran& ran) const;
  void keep_stat(const page::TurnStat& stat);
  Ran run_cli(const RunSetup& setup, std::string_view prompt);
  void keep_session(const std::string& id);
  RunSetup setup_for(SessionStart session, const std::string& call_prefix);
  /// What becomes of a turn's messages. put_off: they are queued again as if there had been no turn.
  enum class Next { again, settled, put_off };
  void settle(const Ran& ran, Next next);
  void give_up_messages();
  /// The end of the open turn, for tell_outcomes.
  void record(bool ok, std::vector<std::string> unseen, TurnStore::Messages messages);

  // next_try.cpp: what follows an attempt
  Next next_after(Verdict& verdict, StopReason stopped);
  bool may_try_again(Verdict& verdict);
  bool may_try_another_session(Verdict& verdict);
  void compact_first();
  bool is_any_prompt_refused();
  void drop_session(const std::string& why);
  void begin_without_session(const Verdict& verdict);
  void wait_for_vendor(const Verdict& verdict);
  void wait_for_machine(const Verdict& verdict);
  void wait_out_refused_login(const Verdict& verdict);
  void tell_manager_of_reset();

  // page_state.cpp: what is shown of it
  page::Queue queue() const;
  page::Model model() const;
  void tell_model();
  void load_last_turn();

  Workshop shop_;
  Asker asker_;
  bool stopping_ = false, attention_ = false, paused_ = false, gate_is_known_ = false;
  std::optional<Time> parked_until_, try_at_;  // turns; the next attempt of the turn under way
  std::optional<std::int64_t> turn_;           // open at the broker
  std::int64_t receives_ = 0;
  milliseconds error_pause_{0};
  std::int64_t failures_ = 0;  // turns in a row
  /// Of the turn that is under way: how often each thing happened to it.
  struct Tries {
    std::int64_t compactions = 0, refusals = 0, vendor_failures = 0, starts_failed = 0, logins_refused = 0;
    bool is_new_session = false;      // one began with an attempt of this turn
    bool is_session_dropped = false;  // because nothing could come of it
    bool is_cancelled = false;
  };
  bool is_under_way_ = false;
  Tries tries_;
  // Keys of this turn's recv calls: the loop's own, which alone may have taken something; those of the
  // model; and of these the ones whose answer it did not get.
  std::string wake_key_;
  std::vector<std::string> received_, unseen_;
  std::string last_turn_note_, retry_note_;
  std::string model_of_run_;                 // of the last one; empty: there was none yet
  std::int64_t mail_left_ = 0;               // at the broker, by the last look
  std::int64_t typed_in_turn_ = 0;           // the last of the operator's messages that the open turn has
  std::optional<page::TurnStat> last_turn_;  // of this process or of one before
};

}  // namespace hive::harness
