#include "dashboard.hpp"

#include <hive/sdk/plugin.hpp>

using namespace hive;

// What it does for the operator it does as the operator, by [host] may_act_as.
HIVE_PLUGIN(dashboard::Dashboard, .id = "dashboard", .version = "1.0.0", .provides = "http",
            .calls = names_of<host_api::kPlugins>, .listens = "*");
