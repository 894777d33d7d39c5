#include "turns.hpp"

#include <hive/sdk/plugin.hpp>

using namespace hive::turns;

HIVE_PLUGIN(Turns, .id = "turns", .version = "1.0.0", .provides = "turns",
            .calls = hive::names_of<hive::lifecycle::kList>,
            .listens = hive::names_of<hive::lifecycle::kContainerChanged, hive::lifecycle::kContainerRemoved>,
            .publishes = hive::published<kChanged>, .snapshot = "agent.report=turns.list/agents/report");
