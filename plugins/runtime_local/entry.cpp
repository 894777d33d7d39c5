#include "runtime_local.hpp"

#include <hive/sdk/contracts/host.hpp>

using namespace hive;

HIVE_PLUGIN(runtime_local::RuntimeLocal, .id = "runtime_local", .version = "1.0.0", .provides = "runtime",
            .calls = names_of<host_api::kOpenSocket, host_api::kCloseSocket>,
            .publishes = published<runtime::kStateChanged, runtime::kOutput>);
