#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace hive::bench {

using Clock = std::chrono::steady_clock;

enum class Processor { first, last };
/// Keeps the calling thread, and what it starts from then on, on one processor. A thread that is woken on another
/// processor answers up to twice as late as one on the same, so that two sides can be compared only if both are
/// woken in the same place.
void stay_on(Processor which);

inline double microseconds(Clock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

/// Times of one kind of thing, in microseconds.
class Samples {
 public:
  void add(Clock::duration time) { times_.push_back(microseconds(time)); }
  /// `part` from 0 to 1: 0.5 is the median. 0 without samples.
  double at(double part) const;

 private:
  std::vector<double> times_;
};

/// One line of the table: what was measured and, from the same run, what it is compared with.
struct Row {
  std::string what, unit;
  double value = 0;
  std::optional<double> beside{};
  std::string beside_what{}, goal{};
  std::optional<bool> met{};
};

class Table {
 public:
  void add(Row row) { rows_.push_back(std::move(row)); }
  void print_json() const;
  void print_text() const;

 private:
  std::vector<Row> rows_;
};

}  // namespace hive::bench
