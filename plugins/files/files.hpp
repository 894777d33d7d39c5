#pragma once
#include <hive/agent_paths/agent_paths.hpp>
#include <hive/sdk/contracts/files.hpp>
#include <hive/sdk/host.hpp>

namespace hive::files {

/// Role `files`: reads what agents wrote, for people. Keeps nothing. [strand]
class Files {
 public:
  explicit Files(Host& host) : host_(host) {}
  Status start();

 private:
  using Place = agent_paths::AgentPath;

  Task<Result<File>> read(Result<Place> place, std::int64_t offset);
  Result<Place> place_in_state(const ReadState& what) const;

  Host& host_;
};

}  // namespace hive::files
