#include "journal.hpp"

#include <algorithm>

namespace hive::journal {
namespace {

constexpr std::string_view kAgentUnit = "hive-ag3nt.service", kManagerUnit = "hive-m1nd.service";
constexpr std::int64_t kFollowLines = 1'000;

/// The one unit that an agent's container has.
std::string_view unit_of(std::string_view name) {
  return name == "manager" ? kManagerUnit : kAgentUnit;
}

Status check_unit(const std::string& name, const std::optional<std::string>& unit) {
  if (!unit || *unit == unit_of(name)) return {};
  return error(Code::invalid_params, "unit: " + name + " has " + std::string(unit_of(name)) + ", not " + *unit);
}

}  // namespace

Status Journal::start() {
  host_.answer(kRead, [this](Caller, Read what) { return read(std::move(what)); });
  host_.answer(kFollow, [this](Caller, Follow what) { return follow(std::move(what)); });
  host_.subscribe(runtime::kOutput, [this](Stamp, runtime::Output output) {
    ++announced_[output.name];
    arrived_.notify_all();
  });
  return {};
}

Task<Result<runtime::LogLines>> Journal::look(Read what) {
  const runtime::ReadLogs params{.name = what.name, .after = what.cursor, .lines = what.lines};
  auto lines = co_await host_.call(runtime::kLogs, params);
  if (lines && what.unit)  // the harness's own words: not what the supervisor noted about it
    std::erase_if(lines->lines, [](const runtime::LogLine& line) { return line.stream == "supervisor"; });
  co_return lines;
}

Task<Result<runtime::LogLines>> Journal::read(Read what) {
  if (auto fits = check_unit(what.name, what.unit); !fits) co_return fits.error();
  const runtime::Name name{what.name};
  auto container = co_await host_.call(runtime::kStatus, name);
  if (!container) co_return container.error();
  if (container->state == runtime::State::absent)
    co_return error(Code::not_found, "journal: there is no agent " + what.name + "; `hive-c0re list` shows the agents");
  auto looking = look(std::move(what));
  co_return co_await std::move(looking);
}

Task<Result<runtime::LogLines>> Journal::follow(Follow what) {
  auto left = what.wait_seconds * 1'000;
  const auto until = wall_time().ms + left;
  Read next{.name = what.name, .unit = what.unit, .lines = kFollowLines, .cursor = what.cursor};
  for (;;) {
    const auto announced = announced_[what.name];
    auto reading = read(next);
    auto lines = co_await std::move(reading);
    if (!lines || !lines->lines.empty()) co_return lines;
    next.cursor = lines->cursor;
    left = std::min(left, until - wall_time().ms);  // a clock that is put back makes no wait longer
    if (left <= 0) co_return lines;
    if (announced_[what.name] != announced) continue;
    auto waited = co_await arrived_.wait(host_, milliseconds(left));
    if (!waited) co_return waited.error();
    if (!*waited) co_return lines;
  }
}

}  // namespace hive::journal
