#include "nearest.hpp"

#include <algorithm>

namespace hive::host {
namespace {

/// Letters to add, drop, change or swap with their neighbour until `a` is `b`.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> far(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        far[i][j] = i + j;
        continue;
      }
      const std::size_t changed = far[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      far[i][j] = std::min({changed, far[i - 1][j] + 1, far[i][j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        far[i][j] = std::min(far[i][j], far[i - 2][j - 2] + 1);
    }
  return far[a.size()][b.size()];
}

}  // namespace

std::vector<std::string> nearest(std::string_view wrong, std::span<const std::string> names) {
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const auto& name : names) {
    const bool begins = wrong.size() >= 2 && name.starts_with(wrong);
    const auto [shorter, longer] = std::minmax({wrong.size(), name.size()});
    const auto limit = std::max<std::size_t>(1, shorter / 3);
    if (!begins && longer - shorter > limit) continue;  // so far at least; a word of any length costs nothing
    const auto far = begins ? 0 : distance(wrong, name);
    if (far <= limit) near.emplace_back(far, name);
  }
  std::sort(near.begin(), near.end());
  near.erase(std::unique(near.begin(), near.end()), near.end());
  std::vector<std::string> out;
  for (std::size_t i = 0; i < near.size() && i < 3; ++i) out.push_back(near[i].second);
  return out;
}

std::string join_or(std::span<const std::string> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

std::string no_such(std::string_view what, std::string_view wrong, std::span<const std::string> names) {
  const auto near = nearest(wrong, names);
  const auto out = "there is no such " + std::string(what);
  if (!near.empty()) return out + "; did you mean " + join_or(near) + "?";
  return out + (names.empty() ? "; there are none" : "; known: " + join_or(names));
}

}  // namespace hive::host
