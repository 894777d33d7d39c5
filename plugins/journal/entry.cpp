#include "journal.hpp"

using namespace hive;

HIVE_PLUGIN(journal::Journal, .id = "journal", .version = "1.0.0", .provides = "journal",
            .calls = names_of<runtime::kLogs, runtime::kStatus>, .listens = names_of<runtime::kOutput>);
