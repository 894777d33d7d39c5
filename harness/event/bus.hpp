#pragma once
#include <hive/sqlite/database.hpp>

#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hive::harness {

/// A page::LiveEvent of the epoch that the bus has now; its payload is text, as page_payload makes it.
struct LiveEvent {
  std::int64_t seq = 0;
  Time at;
  std::optional<std::int64_t> turn;
  std::string kind;
  std::string payload;
};

/// A piece of the past, oldest first. `more`: there are older ones.
struct EventPage {
  std::vector<LiveEvent> events;
  bool more = false;
  LeftOut unreadable{};
};

/// What the turns of this agent do, as it happens: stored first, then kept in a bounded ring and told to
/// subscribers, who run in the caller and may neither wait nor publish. One thread.
///
/// Events are numbered without gaps within an epoch, which is a life of the store: it ends with its file, and
/// with the machine's, for what was written last may then be lost. A store that cannot be opened, or that fails,
/// stops nothing: an epoch begins that is in memory alone, until a sweep finds the store again.
class EventBus {
 public:
  using Subscriber = std::function<void(const LiveEvent&)>;

  /// No file: no store. `problem` is told why the store cannot be opened, and when it fails. [blocking]
  EventBus(std::filesystem::path file, std::function<void(std::string)> problem);

  /// `payload` is JSON of any size and depth.
  void publish(std::string_view kind, std::string_view payload);
  void note(std::string_view text);
  /// Events from now on are about this turn.
  void set_turn(std::optional<std::int64_t> turn) { turn_ = turn; }
  /// Told of an event when it is in the ring.
  void subscribe(Subscriber subscriber) { subscribers_.push_back(std::move(subscriber)); }

  const std::string& epoch() const { return epoch_; }
  /// The number of the newest event; 0: none yet.
  std::int64_t last() const { return last_; }
  /// The newest events without a gap, bounded in number and size.
  const std::deque<LiveEvent>& recent() const { return ring_; }
  bool has_store() const { return database_.has_value(); }
  /// The newest events with a number below `before`; at most `limit`, and of `bytes` unless it is a single one.
  /// Without a store what is in memory. Errors: those of the store. [blocking]
  Result<EventPage> history(std::int64_t before, std::int64_t limit, std::size_t bytes);
  /// One line on what `turn` was doing when its last line was stored; empty when nothing is known.
  std::string last_activity(std::int64_t turn);
  /// Forgets what is older than `days`, then all but the newest `rows`. Opens a store that had failed.
  Status sweep(std::int64_t days, std::int64_t rows);

 private:
  Status open();
  Result<std::string> epoch_of_store();
  Status store(const LiveEvent& event);
  void begin_again();
  void leave_store(const Error& why);
  void keep(LiveEvent event);
  EventPage recent_page(std::int64_t before, std::int64_t limit, std::size_t bytes) const;

  const std::filesystem::path file_;
  std::optional<sqlite::Database> database_;
  std::function<void(std::string)> problem_;
  std::optional<std::int64_t> turn_;
  std::string epoch_;
  std::int64_t last_ = 0;
  std::deque<LiveEvent> ring_;
  std::size_t ring_bytes_ = 0;
  std::vector<Subscriber> subscribers_;
};

}  // namespace hive::harness
