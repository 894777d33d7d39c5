#include "hello.hpp"

HIVE_PLUGIN(hello::Hello, .id = "hello", .version = "1.0.0", .provides = "hello",
            .publishes = hive::topics_of<hello::kGreeted>);
