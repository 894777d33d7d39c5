#pragma once
#include "keeper.hpp"
#include "plan_maker.hpp"

#include <hive/sdk/contracts/host.hpp>
#include <hive/sdk/plugin.hpp>

namespace hive::runtime_local {

/// Role `runtime` for any Linux: one supervisor process an agent, sandboxed by bubblewrap. The wiring:
/// what blocks is in folders, generations and plan_maker (worker thread) and in the keeper (its own
/// thread). [strand]
class RuntimeLocal {
 public:
  using Settings = runtime_local::Settings;

  RuntimeLocal(Host& host, Settings settings);
  Status start();

 private:
  template <class T>
  using Answer = Task<Result<T>>;

  void answer_builds();
  void answer_life();
  void answer_looks();
  Status find_agents();
  Task<> open_all_sockets(std::vector<std::string> names);
  Task<Status> open_socket(std::string name, AgentUser user);

  Answer<runtime::Prepared> prepare(runtime::Prepare what);
  Answer<None> activate(runtime::Activate what);
  Answer<runtime::Container> start_agent(std::string name);
  Answer<runtime::Container> stop_agent(std::string name, milliseconds grace);
  Answer<None> destroy(runtime::Destroy what);
  Answer<None> before_stop(host_api::Stopping what);

  Result<runtime::Prepared> build(const runtime::Prepare& what);
  Result<supervisor::Plan> plan_for(const std::string& name);
  Generations generations_of(const std::string& name) const;
  Task<> until_settled(std::string name);
  runtime::Container& container(const std::string& name);
  void changed(Change change);

  Host& host_;
  const Settings settings_;
  const Installation installation_;
  const Folders folders_;
  std::unique_ptr<Keeper> keeper_;                        // its end leaves the agents running
  std::map<std::string, runtime::Container> containers_;  // what was last seen of each
  Signal changed_;
  bool ending_ = false;  // nothing is started any more: the hive goes down with its agents
};

}  // namespace hive::runtime_local
