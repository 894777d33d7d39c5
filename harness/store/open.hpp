#pragma once
#include <hive/sqlite/database.hpp>

#include <functional>

namespace hive::harness {

/// One of the harness's own databases, in a folder that the agent may clean. A damaged one is set aside, which
/// `problem` is told, and another one is made in its place. [blocking]
Result<sqlite::Database> open_store(const sqlite::Options& options, const std::function<void(std::string)>& problem);

}  // namespace hive::harness
