#include "store/open.hpp"

namespace hive::harness {

Result<sqlite::Database> open_store(const sqlite::Options& options, const std::function<void(std::string)>& problem) {
  auto opened = sqlite::Database::open(options);
  if (opened || opened.error().code != Code::internal) return opened;
  problem(opened.error().message);
  return sqlite::Database::open(options);
}

}  // namespace hive::harness
