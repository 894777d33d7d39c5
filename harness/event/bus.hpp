#pragma once
#include <hive/sqlite/database.hpp>

#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hive::harness {

/// Something that the agent's page shows as it happens. Kinds: turn_start, stream (a line of the CLI, as
/// it stands), note {text}, turn_end, status_changed, model_changed, token_usage_changed,
/// turn_state_changed.
struct LiveEvent {
  std::int64_t seq = 0;
  Time at;
  std::optional<std::int64_t> turn;
  std::string kind;
  std::string payload;  // one JSON value
};

/// What the turns of this agent do, as it happens: stored first, then kept in a bounded ring and given to
/// subscribers, who run in the caller and must not wait. One thread.
///
/// A store that cannot be opened, or that fails, stops nothing: events still reach subscribers, and
/// `has_store` says so.
class EventBus {
 public:
  using Subscriber = std::function<void(const LiveEvent&)>;

  /// No file: no store. `problem` is told why the store cannot be opened, and once when it begins to fail. [blocking]
  EventBus(const std::filesystem::path& file, std::function<void(std::string)> problem);

  void publish(std::string_view kind, std::string payload);
  void note(std::string_view text);
  /// Events from now on are about this turn.
  void set_turn(std::optional<std::int64_t> turn) { turn_ = turn; }
  void subscribe(Subscriber subscriber) { subscribers_.push_back(std::move(subscriber)); }

  const std::deque<LiveEvent>& recent() const { return ring_; }
  bool has_store() const { return database_.has_value(); }
  /// One line on what `turn` was doing when its last line was stored; empty when nothing is known.
  std::string last_activity(std::int64_t turn);
  /// Forgets what is older than `days`, then all but the newest `rows`.
  Status sweep(std::int64_t days, std::int64_t rows);

 private:
  void store(const LiveEvent& event);
  void keep(LiveEvent event);

  std::optional<sqlite::Database> database_;
  std::function<void(std::string)> problem_;
  bool failing_ = false;
  std::optional<std::int64_t> turn_;
  std::int64_t last_ = 0;
  std::deque<LiveEvent> ring_;
  std::size_t ring_bytes_ = 0;
  std::vector<Subscriber> subscribers_;
};

}  // namespace hive::harness
