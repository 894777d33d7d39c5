#pragma once
#include <hive/sdk/method.hpp>

#include <string>
#include <string_view>
#include <vector>

/// Lists of words, as manifests and contracts have them. All [any-thread].
namespace hive::host {

/// The words of a list that is separated by spaces.
std::vector<std::string> split_words(std::string_view list);

/// operator, manager, agent, plugin, self: those that are in `who`.
std::vector<std::string> names_of_callers(Who who);
/// What those words stand for; one that is none of them counts for nothing.
Who callers_named(const std::vector<std::string>& names);

}  // namespace hive::host
