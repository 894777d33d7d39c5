#include "lifecycle.hpp"

#include <hive/sdk/contracts/broker.hpp>
#include <hive/sdk/plugin.hpp>

using namespace hive;

HIVE_PLUGIN(
    lifecycle::Lifecycle, .id = "lifecycle", .version = "1.0.0", .provides = "lifecycle", .needs = "runtime",
    .calls = names_of<runtime::kPrepare, runtime::kActivate, runtime::kActive, runtime::kStart, runtime::kStop,
                      runtime::kDestroy, runtime::kList, runtime::kStatus, runtime::kLoginState, runtime::kLimits,
                      turns::kList, broker::kSend, host_api::kPlugins>,
    .listens = names_of<runtime::kStateChanged, turns::kChanged, host_api::kStopping>,
    .publishes = published<lifecycle::kTransientSet, lifecycle::kTransientCleared, lifecycle::kContainerChanged,
                           lifecycle::kContainerRemoved, lifecycle::kTombstoneChanged, lifecycle::kTombstoneRemoved>,
    .panel = "panel-lifecycle.js",
    .snapshot =
        "containers=lifecycle.list/containers tombstones=lifecycle.tombstones/tombstones "
        "agent.container=lifecycle.list/containers");
