#include "event/bus.hpp"

#include <hive/os/process.hpp>
#include <hive/sdk/bounded_list.hpp>

#include "base/nonce.hpp"
#include "event/payload.hpp"
#include "json_read.hpp"
#include "store/queries.hpp"
#include "stream/facts.hpp"

namespace hive::harness {
namespace {

constexpr std::size_t kRingEvents = 1'024;
constexpr std::size_t kRingBytes = 1u << 20;
constexpr std::int64_t kDayMs = 86'400'000;
/// Of an event beside its payload, as it is written for the page.
constexpr std::size_t kEnvelopeBytes = 160;

using Page = BoundedList<LiveEvent>;

bool add(Page& page, LiveEvent event) {
  const auto bytes = event.payload.size() + kEnvelopeBytes;
  return page.add(std::move(event), bytes);
}

/// Oldest first.
EventPage taken(Page& page) {
  return {.events = page.take_reversed(), .more = page.more()};
}

}  // namespace

EventBus::EventBus(std::filesystem::path file, std::function<void(std::string)> problem)
    : file_(std::move(file)), problem_(std::move(problem)), epoch_(make_nonce()) {
  if (file_.empty()) return;
  if (auto opened = open(); !opened) problem_(opened.error().message);
}

/// On success the epoch and the numbers are those of the store.
Status EventBus::open() {
  auto opened = sqlite::Database::open_or_replace({.file = file_,
                                                   .owner = "harness",
                                                   .migrations = sql::kEventMigrations,
                                                   .durability = sqlite::Durability::normal,
                                                   .problem = problem_});
  if (!opened) return opened.error();
  database_.emplace(std::move(*opened));
  auto last = database_->integer(sql::kLastEvent);
  auto epoch = last ? epoch_of_store() : last.error();
  if (!epoch) {
    database_.reset();
    return epoch.error();
  }
  epoch_ = std::move(*epoch);
  last_ = last->value_or(0);
  ring_.clear();
  ring_bytes_ = 0;
  return {};
}

Result<std::string> EventBus::epoch_of_store() {
  Life now{.epoch = make_nonce(), .boot = os::boot_id()};
  auto last = database_->first<Life>(sql::kLife);
  if (!last) return last.error();
  if (*last && (*last)->boot == now.boot) return std::move((*last)->epoch);
  if (auto begun = database_->run(sql::kBeginLife, now); !begun) return begun.error();
  return std::move(now.epoch);
}

void EventBus::publish(std::string_view kind, std::string_view payload) {
  if (database_ && database_->has_moved()) begin_again();
  LiveEvent event{last_ + 1, wall_time(), turn_, std::string(kind), page_payload(payload)};
  const auto stored = store(event);
  if (!stored) {
    leave_store(stored.error());
    event.seq = last_ + 1;
  }
  last_ = event.seq;
  keep(std::move(event));
  for (const auto& subscriber : subscribers_) subscriber(ring_.back());
  if (!stored) note("The event store failed; events are shown but not kept.");
}

void EventBus::note(std::string_view text) {
  publish("note", json::serialize(json::object{{"text", text}}));
}

Status EventBus::store(const LiveEvent& event) {
  if (!database_) return {};
  return database_->run(sql::kAddEvent, event);
}

/// The store was removed, with the files of the agent's folder for instance.
void EventBus::begin_again() {
  problem_("the events of the page were removed; new ones begin");
  if (auto opened = open(); !opened) leave_store(opened.error());
}

/// Numbers that the store does not have would be given again after a restart.
void EventBus::leave_store(const Error& why) {
  problem_(why.message);
  database_.reset();
  epoch_ = make_nonce();
  last_ = 0;
  ring_.clear();
  ring_bytes_ = 0;
}

void EventBus::keep(LiveEvent event) {
  ring_bytes_ += event.payload.size();
  ring_.push_back(std::move(event));
  while (ring_.size() > 1 && (ring_.size() > kRingEvents || ring_bytes_ > kRingBytes)) {
    ring_bytes_ -= ring_.front().payload.size();
    ring_.pop_front();
  }
}

Result<EventPage> EventBus::history(std::int64_t before, std::int64_t limit, std::size_t bytes) {
  if (!database_) return recent_page(before, limit, bytes);
  Page page({.rows = std::size_t(limit), .bytes = bytes});
  auto rows = database_->read<LiveEvent>(sql::kEventsBefore, {before});
  while (auto event = rows.next()) {
    // The agent can write to its own store, so what is read is made to fit again.
    event->payload = page_payload(event->payload);
    if (!add(page, std::move(*event))) break;
  }
  if (!rows.status()) return rows.status().error();
  auto found = taken(page);
  found.unreadable = named(rows.unreadable());
  return found;
}

EventPage EventBus::recent_page(std::int64_t before, std::int64_t limit, std::size_t bytes) const {
  Page page({.rows = std::size_t(limit), .bytes = bytes});
  for (auto event = ring_.rbegin(); event != ring_.rend(); ++event)
    if (event->seq < before && !add(page, *event)) break;
  return taken(page);
}

std::string EventBus::last_activity(std::int64_t turn) {
  RunFacts facts;
  if (!database_) return {};
  auto lines = database_->read<std::string_view>(sql::kLinesOfTurn, {turn});
  while (auto line = lines.next()) facts.add(parse_stream_line(*line));
  if (!lines.status()) problem_(lines.status().error().message);
  return facts.activity;
}

Status EventBus::sweep(std::int64_t days, std::int64_t rows) {
  if (!database_ && !file_.empty())
    if (auto opened = open(); !opened) return opened;
  if (!database_) return {};
  if (auto done = database_->run(sql::kForgetOldEvents, {wall_time().ms - days * kDayMs}); !done) return done;
  return database_->run(sql::kForgetManyEvents, {rows});
}

}  // namespace hive::harness
