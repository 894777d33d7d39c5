#pragma once
#include "arrival.hpp"
#include "mailboxes.hpp"
#include "space.hpp"

#include <deque>
#include <memory>
#include <set>

namespace hive::broker {

/// One call of recv. The handler and the writer share it, because either may be the last to need it:
/// the caller may go away while a message is being stored for it.
struct Waiter {
  std::string owner;
  std::optional<std::string> incarnation;  // that the owner's name stood for when it called
  std::optional<std::string> key;
  std::int64_t most = 0;

  // The writer's until the call is answered, the strand's afterwards.
  std::vector<Message> messages;
  std::int64_t waiting = 0;
  Status ended;  // an error: the turn is over

  // The strand's.
  bool answered = false;
  Arrival arrived;

  // The writer's.
  std::int64_t turn = 0;
  std::vector<std::int64_t> leased;  // ids in `messages` that were leased for this very call
  std::size_t bytes = 0;             // of `messages` on the wire
  bool is_taken_back = false;        // by a call that is gone; what it was given is back
  bool full = false;                 // something did not fit any more; what comes later must not overtake it
  enum class Place { apart, parked, answered } place = Place::apart;  // answered: in the running group
};
using WaiterRef = std::shared_ptr<Waiter>;

/// One event to publish.
struct Happening {
  enum class What { sent, delivered, settled, returned, dead } what;
  std::int64_t id = 0;
  std::string owner;
  std::optional<Message> message{};  // when sent
};

/// What the rest of the plugin hears of a group once it is durable, in the order in which it happened.
struct Outcome {
  std::vector<Happening> happened;
  std::vector<WaiterRef> answered;
  std::optional<std::int64_t> dead;  // how many dead letters there are now, when that has changed
  std::optional<Space> space;        // when that has changed

  bool has_news() const { return !happened.empty() || dead || space; }
};

/// The rules of delivery over the mailboxes, and who is parked. For the writer alone; every
/// function runs inside a group. An error of the database makes the group fail (`sound` says so); any
/// other error is one call's own and leaves no trace.
class Exchange {
 public:
  explicit Exchange(Mailboxes mailboxes, DiskSpace space = {})
      : mailboxes_(std::move(mailboxes)), space_(std::move(space)) {}

  /// Stores for all of `owners` or for none; a repeat of a key answers what the first did.
  /// Errors: busy (a bound of sender, mailbox or disk was reached), conflict (an agent was purged meanwhile).
  Result<std::int64_t> send(const Draft& draft, const std::vector<Party>& owners);

  /// What the first message with the draft's key got.
  Result<std::optional<std::int64_t>> sent_before(const Draft& draft);

  enum class Park { refused, allowed };
  enum class Taken { answered, parked };
  /// Fills `waiter`, or parks it when there is nothing to take. Errors: conflict (no open turn; its agent was purged).
  Result<Taken> recv(const WaiterRef& waiter, Park park);
  /// Its time is up: it is parked no more. What reached it until now is in it.
  Status leave(const WaiterRef& waiter);
  /// Its caller is gone: it is parked no more, and what it was given goes back, as it was never handed out.
  Status abandon(const WaiterRef& waiter);
  /// That could not be stored: the next group in which its owner receives, begins or ends a turn does it first.
  /// Outside of groups too.
  void owe(const WaiterRef& waiter);

  /// Errors: conflict (its agent was purged).
  Result<TurnBegun> turn_begin(const Party& owner);
  /// Errors: not_found (no such turn), conflict (its agent was purged).
  Status turn_end(const Party& owner, const TurnEnd& end, Time now);
  Status requeue(std::int64_t id);
  /// Some of the dead letters that can be queued again are. Gives how many; 0: there are no more.
  Result<std::int64_t> requeue_some(const std::optional<std::string>& of);
  /// See Mailboxes.
  Status begin_life(const Party& party, Time now);
  Status read_up_to(std::int64_t id);
  /// Asks the file system whether there is room.
  void look_at_space();
  Result<Mailboxes::Swept> sweep(std::int64_t from, Time now);

  /// One group: begin, any of the above, then commit or roll_back.
  Status begin();
  /// Durable when it returns. After an error: roll_back.
  Result<Outcome> commit();
  void roll_back();
  /// False: the database failed in this group, which must be rolled back.
  const Status& sound() const { return sound_; }

 private:
  using Queue = std::deque<WaiterRef>;

  /// Remembers an error of the database.
  Error broken(const Error& failure);
  /// The first who waits and may be given more.
  WaiterRef parked_for(std::string_view owner);
  /// The first of these that the message of `draft` fits.
  WaiterRef parked_for(const Draft& draft, const std::string& owner);
  /// Before it is given anything.
  static void empty(Waiter& waiter);
  void give(const WaiterRef& waiter, Message message);
  Status deliver(const Draft& draft, const std::string& owner);
  /// Queued messages go to whoever waits for them.
  Status serve(const std::string& owner);
  void end(const WaiterRef& waiter, const std::string& why);
  void end_all(const std::string& owner, const std::string& why);
  void note(std::string_view owner, const std::vector<Change>& changes);
  /// Errors: as send.
  Status admits(const Draft& draft, const std::vector<Party>& owners);
  /// What calls of `owner` were given whose callers are gone goes back.
  Status settle_debts(std::string_view owner);
  Status take_back(const WaiterRef& waiter);
  /// Takes it out of those who are parked; undone when the group is rolled back.
  void move(const WaiterRef& waiter, Waiter::Place place);

  Mailboxes mailboxes_;
  DiskSpace space_;
  std::map<std::string, Queue, std::less<>> parked_;
  /// Keys of recv calls that were repeated in a turn: what they were given is in somebody's hands.
  struct Repeated {
    std::int64_t turn = 0;
    std::set<std::string> keys;
  };
  std::map<std::string, Repeated, std::less<>> repeated_;
  Status sound_;
  Outcome outcome_;
  std::vector<WaiterRef> newly_parked_, moved_;
  std::vector<WaiterRef> abandoned_;  // until what they were given is back for good
  std::int64_t dead_ = mailboxes_.counts().dead();
};

}  // namespace hive::broker
