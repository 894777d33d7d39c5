#include "plugin_graph.hpp"

#include <algorithm>

namespace hive::host {
namespace {

enum class Mark { unseen, open, done };

class Walk {
 public:
  explicit Walk(const std::vector<GraphNode>& nodes) : nodes_(nodes), marks_(nodes.size(), Mark::unseen) {
    for (std::size_t i = 0; i < nodes.size(); ++i) claim(i);
  }

  StartOrder order() {
    for (std::size_t i = 0; i < nodes_.size(); ++i) visit(i);
    std::erase_if(out_.sequence, [this](std::size_t i) { return out_.refused.contains(i); });
    return std::move(out_);
  }

 private:
  void claim(std::size_t i) {
    for (const auto& role : nodes_[i].provides) {
      const auto [taken, mine] = providers_.emplace(role, i);
      if (mine) continue;
      const auto& first = nodes_[taken->second].id;
      out_.refused[i] = "the role " + role + " is provided by " + first +
                        " already; disable one of them with [plugins." + nodes_[i].id + "] enabled = false";
    }
  }

  void visit(std::size_t i) {
    if (marks_[i] != Mark::unseen) return;
    marks_[i] = Mark::open;
    path_.push_back(i);
    for (const auto& role : nodes_[i].needs) {
      const auto provider = providers_.find(role);
      if (provider == providers_.end()) continue;
      if (marks_[provider->second] == Mark::open)
        refuse_cycle(provider->second);
      else
        visit(provider->second);
    }
    path_.pop_back();
    marks_[i] = Mark::done;
    out_.sequence.push_back(i);
  }

  void refuse_cycle(std::size_t first) {
    const auto begin = std::find(path_.begin(), path_.end(), first);
    std::string chain;
    for (auto at = begin; at != path_.end(); ++at) chain += nodes_[*at].id + " needs ";
    chain += nodes_[first].id;
    for (auto at = begin; at != path_.end(); ++at)
      out_.refused.emplace(*at, "needs form a cycle, " + chain + "; one of them has to start without the other");
  }

  const std::vector<GraphNode>& nodes_;
  std::vector<Mark> marks_;
  std::vector<std::size_t> path_;
  std::map<std::string, std::size_t> providers_;
  StartOrder out_;
};

}  // namespace

StartOrder order_plugins(const std::vector<GraphNode>& nodes) {
  return Walk(nodes).order();
}

}  // namespace hive::host
