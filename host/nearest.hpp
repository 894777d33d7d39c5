#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Words about names that are not there. Everything is [any-thread].
namespace hive::host {

/// The names closest to `wrong`, best first, at most three; none when nothing is near.
std::vector<std::string> nearest(std::string_view wrong, std::span<const std::string> names);

/// "a, b or c"
std::string join_or(std::span<const std::string> words);

/// "there is no such setting; did you mean limit?", or which there are.
std::string no_such(std::string_view what, std::string_view wrong, std::span<const std::string> names);

}  // namespace hive::host
