#pragma once
#include "base/options.hpp"

namespace hive::harness {

/// `hive-ag3nt mcp`: the MCP server that the CLI starts, on standard input and output. Ends with 0 at
/// the end of input, whatever is under way, and at once when either is closed. Nothing else ever reaches
/// standard output. [blocking]
int serve_mcp(const Options& options);

}  // namespace hive::harness
