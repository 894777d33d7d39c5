#include "broker.hpp"

#include <hive/sdk/plugin.hpp>

using namespace hive;

HIVE_PLUGIN(
    broker::Broker, .id = "broker", .version = "1.0.0", .provides = "broker",
    .calls = names_of<lifecycle::kList, lifecycle::kTombstones, runtime::kActive>,
    .listens = names_of<lifecycle::kContainerChanged, lifecycle::kContainerRemoved, lifecycle::kTombstoneRemoved>,
    .publishes = published<broker::kSentEvent, broker::kDelivered, broker::kSettled, broker::kReturned, broker::kDead,
                           broker::kDeadCount, broker::kSpace>,
    .panel = "panel-broker.js", .snapshot = "operator_inbox=broker.recent?box=in&limit=200/messages");
