#pragma once
#include "roster.hpp"

namespace hive::lifecycle {

/// What is owed when `action` on `name` has ended as `done`: the manager hears of it, except of itself;
/// an agent that runs because of it is told so. `runs`: whether it is meant to run now. [any-thread]
enum class Runs { yes, no };
std::vector<sqlite::Letter> letters_for(const std::string& name, const Action& action, const Status& done, Runs runs);

}  // namespace hive::lifecycle
