#include "ledger.hpp"

#include <hive/sdk/contracts/broker.hpp>

HIVE_PLUGIN(ledger::Ledger, .id = "ledger", .version = "1.0.0", .provides = "ledger",
            .calls = hive::names_of<hive::broker::kSend>);
