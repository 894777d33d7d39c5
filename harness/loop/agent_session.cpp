#include "loop/agent_session.hpp"

#include <hive/sdk/contracts/broker.hpp>

#include "json_read.hpp"

namespace hive::harness {

void AgentSession::drop(std::int64_t turn, const std::string& why) {
  shop_.log_failure(shop_.turns.want_new_session());
  shop_.bus.note(why + "; a new one begins.");
  tell_manager(turn);
}

bool AgentSession::drop_gone(std::int64_t turn, const Verdict& verdict) {
  const bool is_a_loss = shop_.turns.session_has_answered();
  if (is_a_loss)
    drop(turn, "The session is gone: " + verdict.reason);
  else
    shop_.log_failure(shop_.turns.want_new_session());
  return is_a_loss;
}

/// Best effort: the manager may want to remind this agent of its task.
void AgentSession::tell_manager(std::int64_t turn) {
  if (shop_.options.role == Who::manager) return;
  broker::Send letter{.to = "manager"};
  letter.body = json::serialize(json::object{{"event", "session_reset"}, {"agent", shop_.config.name}});
  letter.key = "session-reset-" + std::to_string(turn);
  const auto sent = waits_.ask(broker::kSend, letter);
  if (!sent) shop_.log("session_reset: " + sent.error().message);
}

}  // namespace hive::harness
