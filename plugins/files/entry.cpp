#include "files.hpp"

#include <hive/sdk/plugin.hpp>

using namespace hive;

HIVE_PLUGIN(files::Files, .id = "files", .version = "1.0.0", .provides = "files");
