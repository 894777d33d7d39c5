#pragma once
#include "link/host_link.hpp"
#include "mcp/protocol.hpp"
#include "mcp/tools.hpp"

#include <set>

namespace hive::harness {

/// What the agent's configuration says about its tools.
struct ToolRules {
  Who role = Who::agents;
  std::vector<std::string> allowed_recipients;  // of `send` and `ask`; empty: anyone
  std::string key_prefix;                       // makes keys unique for the agent: one for each run of the CLI
};

/// The tools of the agent's socket. A call waits for a host that is away until its deadline; one with a
/// key, or one that only reads, is repeated when its connection was lost, any other is not.
class HostTools : public ToolSource {
 public:
  HostTools(os::EventLoop& event_loop, HostLink& link, ToolRules rules, std::function<void(std::string)> complain);

  Ticket list(std::function<void(Result<boost::json::array>)> answer) override;
  Ticket call(ToolRequest request, std::function<void(Result<ToolAnswer>)> answer) override;
  void drop(Ticket ticket) override;

 private:
  using ToolDone = std::function<void(Result<ToolAnswer>)>;

  void load(Ticket ticket, std::function<void(Status)> done);
  const HostTool* find(std::string_view name) const;
  void make_call(Ticket ticket, const HostTool& tool, ToolRequest request, ToolDone answer);
  /// Why the allow-list refuses it; empty when it does not.
  std::string refusal(const HostTool& tool, const boost::json::object& arguments) const;
  std::string key_for(const ToolRequest& request, Ticket ticket) const;
  void answer_soon(Ticket ticket, ToolDone answer, Result<ToolAnswer> result);

  os::EventLoop& event_loop_;
  HostLink& link_;
  const ToolRules rules_;
  std::function<void(std::string)> complain_;
  const std::string own_;  // unlike any other server's
  std::vector<HostTool> tools_;
  std::map<Ticket, HostLink::CallId> on_the_way_;
  std::set<Ticket> open_;
  Ticket next_ = 1;
};

}  // namespace hive::harness
