#include <hive/sdk/duration.hpp>
#include <hive/sdk/time.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>

namespace hive {
namespace {

using namespace std::chrono;

constinit std::atomic<Time (*)()> test_clock{nullptr};

/// Reads exactly `digits` digits; -1 when they are not there.
int number(std::string_view text, std::size_t at, std::size_t digits) {
  if (text.size() < at + digits) return -1;
  int out = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    out = out * 10 + (text[i] - '0');
  }
  return out;
}

/// Milliseconds of `.123456789` at the front of `rest`, which loses it. -1: a dot without digits.
int take_fraction(std::string_view& rest) {
  if (rest.empty() || rest[0] != '.') return 0;
  std::size_t end = 1;
  int ms = 0;
  for (; end < rest.size() && rest[end] >= '0' && rest[end] <= '9'; ++end)
    if (end <= 3) ms = ms * 10 + (rest[end] - '0');
  if (end == 1 || end > 10) return -1;
  for (std::size_t digits = end - 1; digits < 3; ++digits) ms *= 10;
  rest.remove_prefix(end);
  return ms;
}

/// `Z` or `+02:00` as minutes east; nothing when `rest` is neither.
std::optional<int> offset_minutes(std::string_view rest) {
  if (rest == "Z" || rest == "z") return 0;
  if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':') return {};
  const int hours = number(rest, 1, 2), minutes = number(rest, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return {};
  return (rest[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

std::string to_text(Time time) {
  const sys_time<milliseconds> moment{milliseconds(time.ms)};
  const auto day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss clock{moment - day};
  char out[48];
  std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int(date.year()), unsigned(date.month()),
                unsigned(date.day()), int(clock.hours().count()), int(clock.minutes().count()),
                int(clock.seconds().count()), int(clock.subseconds().count()));
  return out;
}

std::optional<Time> time_from(std::string_view text) {
  const int y = number(text, 0, 4), mo = number(text, 5, 2), d = number(text, 8, 2);
  const int h = number(text, 11, 2), mi = number(text, 14, 2), s = number(text, 17, 2);
  if (y < 1970 || mo < 1 || d < 1 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 60) return {};
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
    return {};
  auto rest = text.substr(19);
  const int fraction = take_fraction(rest);
  const auto offset = offset_minutes(rest);
  const year_month_day date{year(y), month(unsigned(mo)), day(unsigned(d))};
  if (fraction < 0 || !offset || !date.ok()) return {};
  const auto moment = sys_days(date) + hours(h) + minutes(mi - *offset) + seconds(s) + milliseconds(fraction);
  const auto ms = duration_cast<milliseconds>(moment.time_since_epoch()).count();
  if (ms < 0 || ms > kLastMoment.ms) return {};  // an offset may lead out of these years
  return Time{ms};
}

Time wall_time() {
  if (const auto clock = test_clock.load(std::memory_order_relaxed); clock != nullptr) return clock();
  return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

void set_wall_clock(Time (*clock)()) {
  test_clock = clock;
}

std::string duration_text(std::chrono::milliseconds time) {
  if (time % std::chrono::seconds(1) != time.zero()) return std::to_string(time.count()) + " ms";
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  if (seconds <= std::chrono::minutes(2) || seconds % std::chrono::minutes(1) != seconds.zero())
    return std::to_string(seconds.count()) + " s";
  return std::to_string(std::chrono::duration_cast<std::chrono::minutes>(seconds).count()) + " minutes";
}

}  // namespace hive
