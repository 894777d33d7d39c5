#include "words.hpp"

#include <algorithm>

namespace hive::host {

std::vector<std::string> split_words(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const auto end = std::min(list.find(' '), list.size());
    if (end > 0) out.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return out;
}

namespace {

constexpr std::pair<Who, std::string_view> kCallers[] = {{Who::operators, "operator"},
                                                         {Who::manager, "manager"},
                                                         {Who::agents, "agent"},
                                                         {Who::plugins, "plugin"},
                                                         {Who::self, "self"}};

}  // namespace

std::vector<std::string> names_of_callers(Who who) {
  std::vector<std::string> out;
  for (const auto& [one, name] : kCallers)
    if (who & one) out.emplace_back(name);
  return out;
}

Who callers_named(const std::vector<std::string>& names) {
  auto out = Who::none;
  for (const auto& [one, name] : kCallers)
    if (std::find(names.begin(), names.end(), name) != names.end()) out = out | one;
  return out;
}

}  // namespace hive::host
