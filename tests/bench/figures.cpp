#include "figures.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <sched.h>

#include <algorithm>
#include <cstdio>

namespace hive::bench {
namespace {

template <class T>
boost::json::value or_null(const std::optional<T>& value) {
  if (!value) return nullptr;
  return *value;
}

/// Those that this program was given at its start.
cpu_set_t given() {
  static const auto set = [] {
    cpu_set_t all;
    CPU_ZERO(&all);
    ::sched_getaffinity(0, sizeof all, &all);
    return all;
  }();
  return set;
}

}  // namespace

void stay_on(Processor which) {
  const auto all = given();
  std::optional<int> chosen;
  for (int i = 0; i < CPU_SETSIZE && !(chosen && which == Processor::first); ++i)
    if (CPU_ISSET(i, &all)) chosen = i;
  if (!chosen) return;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(*chosen, &one);
  ::sched_setaffinity(0, sizeof one, &one);
}

double Samples::at(double part) const {
  if (times_.empty()) return 0;
  auto sorted = times_;
  std::sort(sorted.begin(), sorted.end());
  return sorted[std::min(sorted.size() - 1, std::size_t(double(sorted.size()) * part))];
}

void Table::print_json() const {
  boost::json::array rows;
  for (const auto& row : rows_) {
    boost::json::object out{{"what", row.what}, {"value", row.value}, {"unit", row.unit}, {"goal", row.goal}};
    out["beside"] = or_null(row.beside);
    out["beside_what"] = row.beside_what;
    out["ratio"] = row.beside && *row.beside > 0 ? boost::json::value(row.value / *row.beside) : nullptr;
    out["met"] = or_null(row.met);
    rows.push_back(std::move(out));
  }
  const boost::json::object all{{"rows", std::move(rows)}};
  std::printf("%s\n", boost::json::serialize(all).c_str());
}

void Table::print_text() const {
  for (const auto& row : rows_) {
    std::printf("%-52s %11.1f %-4s", row.what.c_str(), row.value, row.unit.c_str());
    if (row.beside) std::printf("  %6.2f x %.1f %s", row.value / *row.beside, *row.beside, row.beside_what.c_str());
    if (!row.goal.empty()) std::printf("  [%s]", row.goal.c_str());
    if (row.met) std::printf(" %s", *row.met ? "met" : "MISSED");
    std::printf("\n");
  }
}

}  // namespace hive::bench
