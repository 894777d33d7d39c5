#include "event/bus.hpp"

#include "json_read.hpp"
#include "store/queries.hpp"
#include "stream/facts.hpp"

namespace hive::harness {
namespace {

constexpr std::size_t kRingEvents = 256;
constexpr std::size_t kRingBytes = 1u << 20;
constexpr std::int64_t kDayMs = 86'400'000;

}  // namespace

EventBus::EventBus(const std::filesystem::path& file, std::function<void(std::string)> problem)
    : problem_(std::move(problem)) {
  if (file.empty()) return;
  auto opened = sqlite::Database::open({.file = file,
                                        .owner = "harness",
                                        .migrations = sql::kEventMigrations,
                                        .durability = sqlite::Durability::normal});
  if (!opened) {
    problem_(opened.error().message);
    return;
  }
  database_.emplace(std::move(*opened));
  auto last = database_->integer(sql::kLastEvent);
  if (last)
    last_ = last->value_or(0);
  else
    problem_(last.error().message);
}

void EventBus::publish(std::string_view kind, std::string payload) {
  LiveEvent event{++last_, wall_time(), turn_, std::string(kind), std::move(payload)};
  store(event);
  for (const auto& subscriber : subscribers_) subscriber(event);
  keep(std::move(event));
}

void EventBus::note(std::string_view text) {
  publish("note", json::serialize(json::object{{"text", text}}));
}

void EventBus::store(const LiveEvent& event) {
  if (!database_) return;
  const auto stored = database_->run(sql::kAddEvent, {event.seq, event.at, event.turn, event.kind, event.payload});
  if (!stored && !failing_) problem_(stored.error().message);
  failing_ = !stored;
}

void EventBus::keep(LiveEvent event) {
  ring_bytes_ += event.payload.size();
  ring_.push_back(std::move(event));
  while (ring_.size() > 1 && (ring_.size() > kRingEvents || ring_bytes_ > kRingBytes)) {
    ring_bytes_ -= ring_.front().payload.size();
    ring_.pop_front();
  }
}

std::string EventBus::last_activity(std::int64_t turn) {
  RunFacts facts;
  if (!database_) return {};
  auto lines = database_->query(sql::kLinesOfTurn, {turn});
  while (lines.next()) facts.add(parse_stream_line(lines.text(0)));
  if (!lines.status()) problem_(lines.status().error().message);
  return facts.activity();
}

Status EventBus::sweep(std::int64_t days, std::int64_t rows) {
  if (!database_) return {};
  if (auto done = database_->run(sql::kForgetOldEvents, {wall_time().ms - days * kDayMs}); !done) return done;
  return database_->run(sql::kForgetManyEvents, {rows});
}

}  // namespace hive::harness
