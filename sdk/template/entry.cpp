#include "hello.hpp"

HIVE_PLUGIN(hello::Hello, .id = "hello", .version = "1.0.0", .provides = "hello",
            .publishes = hive::published<hello::kGreeted>, .panel = "panel-hello.js",
            .snapshot = "hello=hello.list/names");
