#include <hive/sdk/contracts/lifecycle.hpp>

namespace hive::lifecycle {

Fields fields(Of<Container>) {
  static constexpr auto kShape = shape(
      field<&Container::name>("name", "the agent's name"),
      field<&Container::incarnation>("incarnation",
                                     "number that tells this agent apart from others that had its name before"),
      field<&Container::role>("role", "role of the agent: agent or manager"),
      field<&Container::state>("state", "state of its container, as the runtime sees it"),
      field<&Container::desired>("desired", "state that the container should be in"),
      field<&Container::pending>("pending", "action that is in flight for the agent"),
      field<&Container::since>("since", "when the container came into its state"),
      field<&Container::status>("status", "state of its turns, as its harness reported it"),
      field<&Container::turn>("turn", "number of the open turn, also between its attempts"),
      field<&Container::needs_login>("needs_login", "true: the agent has no login, and no credential is configured"),
      field<&Container::needs_update>("needs_update",
                                      "true: the agent runs an older configuration than the deployed one"),
      field<&Container::deployed_sha>("deployed_sha", "commit of the configuration that the agent runs"),
      field<&Container::model>("model", "model that the agent uses"),
      field<&Container::reason>("reason", "why the agent does not run, or why its turn could not be run"),
      field<&Container::sandbox>("sandbox", "what confines the agent"));
  return kShape;
}

Fields fields(Of<Containers>) {
  static constexpr auto kShape =
      shape(field<&Containers::containers>("containers", "every agent; the manager comes first, the others by name"),
            left_out<&Containers::unreadable>());
  return kShape;
}

Fields fields(Of<Accepted>) {
  static constexpr auto kShape =
      shape(field<&Accepted::name>("name", "the agent's name"),
            field<&Accepted::action>("action", "action that is in flight for the agent from now on"));
  return kShape;
}

Fields fields(Of<Spawn>) {
  static constexpr auto kShape =
      shape(field<&Spawn::name>("name", "name of the new agent").matching(&is_agent_name, kAgentName),
            field<&Spawn::revision>(
                "revision", "commit that an approval prepared; absent: the agent begins with a new configuration")
                .max_bytes(64)
                .callers(Who::plugins));
  return kShape;
}

Fields fields(Of<Rebuild>) {
  static constexpr auto kShape =
      shape(field<&Rebuild::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&Rebuild::revision>("revision", "commit that an approval prepared; absent: the deployed one")
                .max_bytes(64)
                .callers(Who::plugins));
  return kShape;
}

Fields fields(Of<Destroy>) {
  static constexpr auto kShape =
      shape(field<&Destroy::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&Destroy::purge>(
                "purge", "true: its state, login, logs and repositories are deleted too, which cannot be undone"),
            field<&Destroy::force>("force", "true: the agent is destroyed even if it is the manager"));
  return kShape;
}

Fields fields(Of<Tombstone>) {
  static constexpr auto kShape =
      shape(field<&Tombstone::name>("name", "the agent's name"),
            field<&Tombstone::incarnation>("incarnation",
                                           "incarnation that an agent which is spawned from this state continues"),
            field<&Tombstone::destroyed_at>("destroyed_at", "when the agent was destroyed"));
  return kShape;
}

Fields fields(Of<Tombstones>) {
  static constexpr auto kShape = shape(
      field<&Tombstones::tombstones>("tombstones", "agents that were destroyed and whose state is kept, newest first"),
      left_out<&Tombstones::unreadable>());
  return kShape;
}

Fields fields(Of<Finding>) {
  static constexpr auto kShape = shape(field<&Finding::subject>("subject", "thing that was looked at"),
                                       field<&Finding::message>("message", "what was found and what to do"),
                                       field<&Finding::ok>("ok", "true: nothing is wrong with it"));
  return kShape;
}

Fields fields(Of<Preflight>) {
  static constexpr auto kShape = shape(field<&Preflight::ok>("ok", "true: every finding is ok"),
                                       field<&Preflight::findings>("findings", "findings, one for each check"));
  return kShape;
}

Fields fields(Of<ReadConfig>) {
  static constexpr auto kShape = shape(
      field<&ReadConfig::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
      field<&ReadConfig::path>("path", "path of one file of the configuration; absent: every file").max_bytes(1'024));
  return kShape;
}

Fields fields(Of<ConfigFile>) {
  static constexpr auto kShape = shape(field<&ConfigFile::path>("path", "path of the file in the repository"),
                                       field<&ConfigFile::text>("text", "content of the file"));
  return kShape;
}

Fields fields(Of<ConfigFiles>) {
  static constexpr auto kShape =
      shape(field<&ConfigFiles::revision>("revision", "commit that the files are from"),
            field<&ConfigFiles::files>("files", "files of the configuration; agent.toml and agent.nix come first"));
  return kShape;
}

Fields fields(Of<TransientEvent>) {
  static constexpr auto kShape =
      shape(field<&TransientEvent::name>("name", "the agent's name"),
            field<&TransientEvent::action>("action", "action that the event is about"),
            field<&TransientEvent::ok>(
                "ok", "true: the action did what was asked; it means nothing while the action is in flight"),
            field<&TransientEvent::error>("error", "why the action failed"));
  return kShape;
}

Fields fields(Of<ContainerEvent>) {
  static constexpr auto kShape = shape(field<&ContainerEvent::container>("container", "row of the agent as it is now"));
  return kShape;
}

Fields fields(Of<Gone>) {
  static constexpr auto kShape =
      shape(field<&Gone::name>("name", "the agent's name"),
            field<&Gone::incarnation>("incarnation", "incarnation of that agent"),
            field<&Gone::purged>("purged", "true: its state is deleted too, and its incarnation has ended"));
  return kShape;
}

}  // namespace hive::lifecycle
