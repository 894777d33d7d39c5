#pragma once
#include <hive/sdk/result.hpp>

#include <string>

namespace hive::supervisor {

/// Kills every process whose environment has HIVE_MARK=`mark`: the last resort of level `none`, where
/// neither namespace nor cgroup holds what an agent started. True when there was one. [blocking]
bool end_marked(const std::string& mark);

/// Kills and reaps all children of this process, and theirs, which the kernel hands to it as their
/// subreaper. [blocking]
void end_children();

}  // namespace hive::supervisor
