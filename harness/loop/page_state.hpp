#pragma once
#include "loop/workshop.hpp"

namespace hive::harness {

/// What the page shows beside its events; their mark, the model and the queue are left open. [blocking]
page::State page_state(const Workshop& shop);

/// What waits for the next turn at the harness: `taken` is the last of the operator's messages that the turn under way
/// has. Mail at the broker is left open.
page::Queue queue_of(const TurnStore& turns, std::int64_t taken);

}  // namespace hive::harness
