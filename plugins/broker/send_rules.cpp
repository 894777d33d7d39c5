#include "send_rules.hpp"

#include <algorithm>

namespace hive::broker {

Task<Status> SendRules::check(std::string sender, std::string to) {
  auto reading = read(sender);
  auto allowed = co_await std::move(reading);
  if (!allowed) co_return allowed.error();
  const bool may = allowed->empty() || to == "manager" || std::ranges::find(*allowed, to) != allowed->end();
  if (may) co_return Status{};
  co_return error(Code::forbidden, "broker: " + sender + " may not write to " + to +
                                       "; send it to manager and say for whom it is, the manager passes it on");
}

/// Asked of the runtime once for each configuration; while it is not known which one is active, each time.
Task<Result<std::vector<std::string>>> SendRules::read(std::string sender) {
  const auto revision = roster_.revision_of(sender);
  if (const auto found = rules_.find(sender); found != rules_.end() && revision && revision == found->second.revision)
    co_return found->second.allowed_recipients;
  const runtime::Name name{sender};
  auto active = co_await host_.call(runtime::kActive, name);
  if (!active && is_passing(active.error().code))
    co_return error(Code::unavailable, "broker: the recipients that " + sender + " may write to are not known (" +
                                           active.error().message + "); nothing was sent, try again");
  if (!active || !active->allowed_recipients)
    co_return error(Code::forbidden, "broker: the configuration of " + sender + " cannot be read (" +
                                         (active ? "none is active" : active.error().message) +
                                         "); nothing was sent, have the agent rebuilt");
  rules_[sender] = {active->revision, *active->allowed_recipients};
  co_return std::move(*active->allowed_recipients);
}

}  // namespace hive::broker
