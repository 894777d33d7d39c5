#pragma once
#include "base/options.hpp"

namespace hive::harness {

/// `hive-ag3nt serve`: runs the agent's turns until SIGTERM or SIGINT, then ends with 0 once the turn
/// under way has ended or was interrupted. 78 when its configuration cannot be read. [blocking]
int serve_turns(const Options& options);

/// `hive-ag3nt replay FILE`: plays recorded stream-json through parser, bus and judge and prints what a
/// page would get, one event a line; then the verdict. [blocking]
int replay(const std::filesystem::path& file);

}  // namespace hive::harness
