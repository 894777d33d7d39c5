#include "group.hpp"

#include <utility>

namespace hive::broker {
namespace {

Happening::What what_of(State state) {
  switch (state) {
    case State::settled: return Happening::What::settled;
    case State::dead: return Happening::What::dead;
    default: return Happening::What::returned;
  }
}

}  // namespace

Error Group::broken(const Error& failure) {
  sound_ = failure;
  return failure;
}

void Group::tell(std::string_view owner, const std::vector<Change>& changes) {
  for (const auto& change : changes) tell({what_of(change.state), change.id, std::string(owner)});
}

std::vector<Happening> Group::end() {
  sound_ = {};
  return std::exchange(happened_, {});
}

}  // namespace hive::broker
