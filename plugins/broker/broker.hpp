#pragma once
#include "history.hpp"
#include "roster.hpp"
#include "search_index.hpp"
#include "settings.hpp"
#include "writer.hpp"

#include <hive/sdk/signal.hpp>

namespace hive::broker {

/// Role `broker`: wiring of methods and events to the writer (what changes), the history (what is read)
/// and the search index (what follows behind). [strand]
class Broker {
 public:
  using Settings = broker::Settings;
  Broker(Host& host, Settings settings);

  Status start();

 private:
  Task<Result<Sent>> send(Caller who, Send what);
  Task<Result<std::vector<Party>>> recipients(std::string sender, std::string to);
  Task<Result<std::vector<Party>>> check(Caller who, Draft& draft, Send what);
  /// For whom the caller's name stands.
  Task<Party> party_of(Caller who);
  Task<Result<Received>> recv(Caller who, Recv what);
  Task<Result<TurnBegun>> turn_begin(Caller who);
  Task<Result<None>> turn_end(Caller who, TurnEnd what);
  Task<Result<None>> requeue(std::int64_t id);
  Task<Result<Requeued>> requeue_all(RequeueAll what);

  Task<Result<Entries>> recent(Caller who, Recent what);
  Task<Result<Found>> search(Caller who, Search what);
  Task<Result<Depths>> depth(Caller who);
  Task<Result<DeadLetters>> dead_letters(ReadDead what);

  void answer_writing();
  void answer_reading();
  void publish(Outcome outcome);
  void publish(const Happening& one);
  /// The operator has been shown the newest of the inbox.
  void note_read(const Entries& inbox);
  /// Tells the mailboxes for whom a name stands from now on, until they have it.
  Task<> begin_life(Party party);
  /// Looks whether the disk has room again, as long as it has too little.
  Task<> watch_space();
  void look_at_space();
  /// Opens the index, then keeps it level until the plugin stops.
  Task<> keep_index();
  Task<bool> open_index();
  Task<bool> follow();
  Task<> sweep();
  /// One pass over the mailboxes; what it removed is in removed_, and counted in `count`.
  Task<Status> sweep_all(Time now, std::size_t& count);

  std::filesystem::path mail_file() const { return host_.root() / "broker.sqlite"; }
  std::filesystem::path index_file() const { return host_.root() / "broker-search.sqlite"; }

  /// Writes down what a database got over. [any-thread]
  sqlite::Problem problem() {
    return [this](const std::string& text) { host_.warn(text); };
  }

  Host& host_;
  const Limits limits_;
  const DiskSpace::Need needed_space_;
  Roster roster_;
  std::optional<History> history_;           // used by host.blocking alone
  std::optional<SearchIndex> index_;         // used by keep_index alone
  std::string index_trouble_;                // what the log has of it already
  std::vector<Mailboxes::Removed> removed_;  // from the mailboxes, not yet from the index
  enum class Index { opening, open, off } index_state_ = Index::opening;
  Signal index_opened_;  // or is off
  Signal stored_;
  std::int64_t read_ = 0;               // id up to which the operator has read the inbox
  std::optional<std::string> trouble_;  // with the disk
  bool watches_space_ = false;
  int lives_begun_ = 0;  // and not stored yet
  bool behind_ = true;
  std::optional<Writer> writer_;
};

}  // namespace hive::broker
