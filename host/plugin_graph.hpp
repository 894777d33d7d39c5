#pragma once
#include <map>
#include <string>
#include <vector>

namespace hive::host {

/// A plugin as the start order sees it.
struct GraphNode {
  std::string id;
  std::vector<std::string> provides, needs;  // roles
};

struct StartOrder {
  std::vector<std::size_t> sequence;           // of those that may start, providers first, else as given
  std::map<std::size_t, std::string> refused;  // one sentence each
};

/// Refuses the later of two providers of a role, and all that are on a cycle of needs, with its chain.
/// A need that nobody provides refuses nothing: that plugin waits.
StartOrder order_plugins(const std::vector<GraphNode>& nodes);

}  // namespace hive::host
