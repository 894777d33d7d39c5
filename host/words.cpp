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

std::vector<std::string> names_of_callers(Who who) {
  std::vector<std::string> out;
  if (who & Who::operators) out.emplace_back("operator");
  if (who & Who::manager) out.emplace_back("manager");
  if (who & Who::agents) out.emplace_back("agent");
  if (who & Who::plugins) out.emplace_back("plugin");
  if (who & Who::self) out.emplace_back("self");
  return out;
}

}  // namespace hive::host
