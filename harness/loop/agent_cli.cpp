#include "loop/agent_cli.hpp"

#include "loop/model.hpp"

namespace hive::harness {

RunSetup AgentCli::setup_for(SessionStart session, const std::string& call_prefix) const {
  RunSetup setup{.config = shop_.config, .session = session, .call_prefix = call_prefix};
  setup.session_id = shop_.turns.session();
  setup.model = next_model(shop_.options, shop_.config).name;
  if (auto credential = read_credential(shop_.options.config_dir))
    setup.credential = std::move(*credential);
  else
    shop_.log(credential.error().message);
  return setup;
}

Ran AgentCli::run(const RunSetup& setup, std::string_view prompt) {
  model_of_run_ = setup.model;
  shop_.reporter.tell_model(model(), model_of_run_);
  const bool is_agents = setup.session != SessionStart::apart;
  Driver::SessionBegan began;  // as soon as it is known, for a kill may end the run
  if (is_agents) began = [this](const std::string& id) { shop_.log_failure(shop_.turns.keep_session(id)); };
  auto ran = shop_.driver.run(setup, prompt, std::move(began));
  if (is_agents && ran.facts.began && ran.facts.result) shop_.log_failure(shop_.turns.keep_session_answered());
  tell_model();
  return ran;
}

Verdict AgentCli::compact() {
  shop_.reporter.tell(turns::TurnState::compacting);
  auto ran = run(setup_for(SessionStart::go_on, "compact-"), "/compact");
  tell(stat_of(ran));
  // One that a stop cut off is wanted still.
  if (ran.stopped != StopReason::shutdown) shop_.log_failure(shop_.turns.set_compact(std::nullopt));
  // The CLI's own line says of one that was done how much is left.
  if (!ran.facts.stat.compacted)
    shop_.bus.note("The session could not be compacted: " +
                   (ran.verdict.outcome == Outcome::ok ? "the CLI ended without doing it" : ran.verdict.reason));
  return std::move(ran.verdict);
}

Outcome AgentCli::probe() {
  const auto ran = run(setup_for(SessionStart::apart, "probe-"), "Answer with the word yes.");
  tell(stat_of(ran));
  return ran.verdict.outcome;
}

page::TurnStat AgentCli::stat_of(const Ran& ran) const {
  auto stat = ran.facts.stat;
  stat.started_at = ran.began, stat.ended_at = ran.ended;
  stat.duration_ms = ran.took.count();
  if (stat.model.empty()) stat.model = model_of_run_;
  stat.result_kind = result_kind(ran.verdict.outcome);
  stat.note = ran.verdict.reason;
  return stat;
}

void AgentCli::tell(const page::TurnStat& stat) {
  shop_.log_failure(shop_.stats.add(shop_.config.name, stat));
  shop_.reporter.run_ended(stat, shop_.stats.spent_today());
}

page::Model AgentCli::model() const {
  auto model = next_model(shop_.options, shop_.config);
  if (!model_of_run_.empty() && model_of_run_ != model.name) model.in_use = model_of_run_;
  return model;
}

void AgentCli::tell_model() {
  std::optional<std::string> of_run;
  if (shop_.driver.is_running()) of_run = model_of_run_;
  shop_.reporter.tell_model(model(), of_run);
}

}  // namespace hive::harness
