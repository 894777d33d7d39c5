#pragma once
#include "counts.hpp"
#include "party.hpp"

namespace hive::broker {

/// What a sender gave, checked.
struct Draft {
  Party sender = "";
  Kind kind = Kind::agent;
  std::string body;
  std::optional<std::string> file, key;
  std::optional<std::int64_t> in_reply_to;
  Time sent_at;

  /// What one copy of it takes of its sender's budget.
  std::int64_t bytes() const { return kRowBytes + std::int64_t(body.size() + (file ? file->size() : 0)); }
};

/// To what a message is leased. `key`: of the recv call that took it.
struct Lease {
  std::int64_t turn = 0;
  std::optional<std::string> key;
};

/// Whose a name is: the incarnation, how many ended before it, and the last id of their time.
struct Life {
  std::optional<std::string> incarnation;
  std::int64_t number = 0, since = 0;
};

struct Turn {
  std::int64_t number = 0;
  bool open = false;
};

/// What became of one message.
struct Change {
  std::int64_t id = 0;
  State state = State::queued;
};

struct Held;

/// Why a lease goes back: its turn failed, nobody saw the answer, or it was never handed out.
enum class Returned { failed, unseen, unhanded };

/// Durable mailboxes. One row a message; a message is queued, leased, then settled or dead.
///
/// Owns its database. Every function is [blocking] and is called by the writer alone, between
/// `begin` and `commit`; nothing is durable before `commit`. After an error of the database the group
/// must be rolled back.
class Mailboxes {
 public:
  /// `problem` is told of rows that are left out. Errors: unavailable (locked, names the holder), internal (corrupt:
  /// was set aside).
  static Result<Mailboxes> open(const std::filesystem::path& file, const Limits& limits,
                                const sqlite::Problem& problem = {});

  Status begin();
  Status commit();
  /// Also after a failed `commit`. Reads again what is kept in memory; until that succeeds, `begin` fails.
  void roll_back();

  /// Whether its name still stands for it. Errors: conflict (its agent was purged since).
  Status is_current(const Party& party) const;
  /// From now on the name stands for this incarnation; none: for nobody. Of another one before it, all that waits is
  /// dead, the turn is over, and what it sent or got is shown and counted no more. Nothing: it stood for that before.
  Result<std::optional<std::vector<Change>>> begin_life(const Party& party, Time now);
  /// Every name that was told apart or has mail, with its incarnation where that is known.
  Result<std::vector<Party>> parties();

  /// The id that `sender`'s message with this key got.
  Result<std::optional<std::int64_t>> sent_before(std::string_view sender, std::string_view key);
  const Counts& counts() const { return counts_; }
  std::int64_t queued(std::string_view owner) const { return counts_.queued(owner); }
  /// What `add` would give, but for its id.
  static Message message_of(const Draft& draft, std::string_view owner, std::int64_t id = 0);
  /// Settled at once for the operator, leased when a lease is given, else queued.
  Result<Message> add(const Draft& draft, std::string_view owner, const Lease* lease);

  /// What one answer may still take; `bytes`: what it holds already.
  struct Room {
    std::int64_t most = 0;
    std::size_t bytes = 0;
  };
  /// The oldest queued messages, leased. None when the first does not fit.
  Result<std::vector<Message>> lease(std::string_view owner, const Lease& lease, Room room);
  /// What this turn's recv call with this key was given.
  Result<std::vector<Message>> leased_by(std::string_view owner, const Lease& lease);
  /// One lease of this turn goes back; nothing when it is none any more.
  Result<std::optional<Change>> give_back(std::string_view owner, std::int64_t turn, std::int64_t id, Returned why);

  Result<Turn> turn_of(std::string_view owner);
  Status set_turn(std::string_view owner, const Turn& turn);
  /// All leases of the mailbox: those of `unseen` recv keys go back, the others are settled.
  Result<std::vector<Change>> settle_all(std::string_view owner, const std::vector<std::string>& unseen, Time now);
  /// All leases of the mailbox go back, each a failed turn older; those of `unseen` keys are not.
  Result<std::vector<Change>> return_all(std::string_view owner, const std::vector<std::string>& unseen);

  /// A dead letter is queued again. Errors: not_found, conflict (it is not dead, or its recipient was purged). Gives
  /// its mailbox.
  Result<std::string> requeue(std::int64_t id);
  struct DeadLetter {
    std::int64_t id = 0;
    std::string owner, sender;
  };
  /// Some of those that can be queued again, of all mailboxes or one; they are.
  Result<std::vector<DeadLetter>> requeue_some(const std::optional<std::string>& of);

  /// The operator has read the inbox up to this id.
  Status read_up_to(std::int64_t id);

  struct Removed {
    std::int64_t id;
    std::string owner, sender;
  };
  struct Swept {
    std::int64_t next = 0;  // where to go on; 0: done
    std::vector<Removed> removed;
  };
  /// Removes what was settled, or was dead mail of a purged agent, and forgets keys, from before the kept time, in the
  /// ids after `from`.
  Result<Swept> sweep(std::int64_t from, Time now);

  sqlite::Database& database() { return database_; }

 private:
  Mailboxes(sqlite::Database database, const Limits& limits)
      : database_(std::move(database)), limits_(limits), counts_(limits) {}
  Status load();
  Status load_lives();
  Life life_of(std::string_view name) const;
  Result<std::vector<Change>> end_life(const std::string& name, Time now);
  Result<Change> put_back(std::string_view owner, const Held& held, Returned why);
  Result<std::vector<Held>> leases(std::string_view owner);
  Status queue_again(std::int64_t id, std::string_view owner, std::string_view sender);
  struct Old;
  Result<std::vector<Old>> read_old(std::int64_t from, Time now, Swept& swept);

  sqlite::Database database_;
  Limits limits_;
  Counts counts_;
  std::map<std::string, Life, std::less<>> lives_;
  std::int64_t last_id_ = 0;
  bool loaded_ = false;
};

}  // namespace hive::broker
