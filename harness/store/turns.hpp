#pragma once
#include <hive/sqlite/database.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hive::harness {

/// How a turn came out, as `turn_end` says it to the host.
struct TurnOutcome {
  std::int64_t turn = 0;
  bool ok = false;
  std::vector<std::string> unseen;
};

struct OperatorMessage {
  std::int64_t id = 0;  // of the command that brought it
  Time at;
  std::string text;
  std::int64_t tries = 0;  // turns that had it; one that was put off does not count
  bool was_shown = false;  // a turn had it
};

/// The CLI's session. `has_answered`: a run that had it came to a result, so there is something to be lost with it.
struct Session {
  std::string name;  // empty: not known
  bool has_answered = false;
};

/// What the loop must know after it was killed: which turn was under way, which outcome the host has not
/// heard, which commands were taken. Durable when a function returns. [blocking]
///
/// A store that cannot be opened does not stop the loop: it then remembers as long as the process lives, and takes no
/// message over from the host before it can be made. One that was removed is made again from memory.
class TurnStore {
 public:
  /// `problem` is told why it could not be opened, and when it was removed.
  TurnStore(std::filesystem::path file, std::function<void(std::string)> problem);

  /// The CLI is about to run for `turn`, whose prompt has the operator's messages up to `last_message`; 0: none.
  Status begin(std::int64_t turn, std::int64_t last_message);
  /// What becomes of the operator's messages that the turn has.
  enum class Messages { settled, tried, put_off };
  /// In one transaction: after a kill both are known, or neither is.
  Status finish(const TurnOutcome& outcome, Messages messages);
  /// The host has answered `turn_end`.
  Status told(std::int64_t turn);
  /// Outcomes that the host has not heard.
  std::vector<TurnOutcome> untold() const { return untold_; }
  /// The turn that a kill or a stop cut off before this process began. Nothing: none.
  std::optional<std::int64_t> cut_off() const { return cut_off_; }
  /// A stop interrupts this turn; the next process tells it.
  Status keep_cut_off(std::int64_t turn);
  /// A wake prompt has told it, that of `turn`.
  Status forget_cut_off(std::int64_t turn);

  /// Keeps a command's message and its id in one transaction. Of other commands the id alone, in memory also when the
  /// store fails.
  Status take_command(std::int64_t id, const std::optional<OperatorMessage>& message);
  std::int64_t last_command() const { return last_command_; }
  const std::vector<OperatorMessage>& operator_messages() const { return messages_; }
  /// When a new session was last asked for, which the next run of the CLI begins. Nothing: it goes on with the last.
  std::optional<Time> new_session_since() const { return new_session_since_; }
  Status want_new_session();
  /// The one that was `asked` for then; one that was asked for since is wanted still.
  Status new_session_began(Time asked);
  /// The CLI's name of the agent's session; empty: not known.
  const std::string& session() const { return session_.name; }
  /// A run that had this session came to a result, so there is something to be lost with it.
  bool session_has_answered() const { return session_.has_answered; }
  Status keep_session_answered();
  /// Text that is no such name is not kept, and neither is the one before.
  Status keep_session(const std::string& id);
  /// When the operator asked for the session to be compacted. Nothing: it was done, or was not asked for.
  std::optional<Time> compact_since() const { return compact_since_; }
  Status set_compact(std::optional<Time> since);
  /// Commands are numbered anew: the host has forgotten the old ones.
  Status restart_commands();
  /// Forgets messages that as many turns had in vain, failed or killed; how many those were.
  Result<std::size_t> give_up_messages(std::int64_t tries);

 private:
  Result<sqlite::Database> open() const;
  Status load();
  /// To be called before anything is written.
  Status be_there();
  /// Opens the file, reads it if it never was, and puts into it what is in memory.
  Status make();
  Status write_all();
  Status keep_command(std::int64_t id, const std::optional<OperatorMessage>& message);
  Status write_session();
  Status put(std::string_view name, std::int64_t value);
  /// The same inside a transaction.
  Status set(std::string_view name, std::int64_t value);
  Result<std::optional<Time>> time(std::string_view name);

  std::filesystem::path file_;
  std::function<void(std::string)> problem_;
  std::optional<sqlite::Database> database_;
  bool is_loaded_ = false;                 // what the file holds is in memory
  std::optional<std::int64_t> open_turn_;  // of this process
  std::vector<TurnOutcome> untold_;
  std::optional<std::int64_t> cut_off_;
  std::int64_t last_command_ = 0;
  std::optional<Time> new_session_since_, compact_since_;
  std::vector<OperatorMessage> messages_;
  Session session_;
  std::int64_t last_shown_ = 0;  // of the messages of the turn that was begun
};

}  // namespace hive::harness
