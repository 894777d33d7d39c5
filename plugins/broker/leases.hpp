#pragma once
#include "messages.hpp"

namespace hive::broker {

/// To what a message is leased. `key`: of the recv call that took it.
struct Lease {
  std::int64_t turn = 0;
  std::optional<std::string> key;
};

struct Turn {
  std::int64_t number = 0;
  bool open = false;
};

struct Held;

/// Why a lease is returned: its turn failed, nobody saw the answer, or it was never handed out.
enum class Returned { failed, unseen, unhanded };

/// The turns of mailboxes and the messages that they hold. A lease is taken, then settled or returned.
///
/// [blocking], in a transaction of Mailboxes.
class Leases {
 public:
  /// Both outlive it. `failed_turns`: after so many a message is dead.
  Leases(sqlite::Database& database, Messages& messages, std::int64_t failed_turns)
      : database_(database), messages_(messages), failed_turns_(failed_turns) {}

  /// What one answer may still take; `bytes`: what it holds already.
  struct Room {
    std::int64_t most = 0;
    std::size_t bytes = 0;
  };
  /// The oldest queued messages, leased. None when the first does not fit.
  Result<std::vector<Message>> take(std::string_view owner, const Lease& lease, Room room);
  /// What this turn's recv call with this key was given. A lease that cannot be read is returned: no answer holds it,
  /// so the turn must not settle it.
  Result<std::vector<Message>> take_again(std::string_view owner, const Lease& lease);

  Result<Turn> read_turn(std::string_view owner);
  Status set_turn(std::string_view owner, const Turn& turn);

  /// One lease of this turn; nothing when it is none any more.
  Result<std::optional<Change>> return_one(std::string_view owner, std::int64_t turn, std::int64_t id);
  /// All leases of the mailbox, each a failed turn older, but for those of `unseen` recv keys.
  Result<std::vector<Change>> return_all(std::string_view owner, const std::vector<std::string>& unseen);
  /// All leases of the mailbox: those of `unseen` keys are returned, the others settled.
  Result<std::vector<Change>> settle_all(std::string_view owner, const std::vector<std::string>& unseen, Time now);

 private:
  Result<std::vector<Held>> read_all(std::string_view owner);
  Result<Change> return_held(std::string_view owner, const Held& held, Returned why);
  Result<Change> settle(std::string_view owner, const Held& held, Time now);

  sqlite::Database& database_;
  Messages& messages_;
  const std::int64_t failed_turns_;
};

}  // namespace hive::broker
