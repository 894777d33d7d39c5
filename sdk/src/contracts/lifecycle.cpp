#include <hive/sdk/contracts/lifecycle.hpp>

namespace hive::lifecycle {

Fields fields(Of<Container>) {
  static constexpr auto kShape = shape(
      field<&Container::name>("name", "the agent's name"),
      field<&Container::incarnation>("incarnation", "tells it apart from other agents that had its name"),
      field<&Container::role>("role", "agent or manager"), field<&Container::state>("state", "what the runtime sees"),
      field<&Container::desired>("desired", "what should be"),
      field<&Container::pending>("pending", "the action in flight"),
      field<&Container::since>("since", "when that state was first seen"),
      field<&Container::status>("status", "turn state that the harness reported"),
      field<&Container::turn>("turn", "number of the open turn, also between its attempts"),
      field<&Container::needs_login>("needs_login", "no login and no credential is there"),
      field<&Container::needs_update>("needs_update", "it runs an older configuration than the deployed one"),
      field<&Container::deployed_sha>("deployed_sha", "commit of the configuration in use"),
      field<&Container::model>("model", "model in use"),
      field<&Container::reason>("reason", "why it does not run, or why its turn could not be run"),
      field<&Container::sandbox>("sandbox", "what confines it"));
  return kShape;
}

Fields fields(Of<Containers>) {
  static constexpr auto kShape = shape(field<&Containers::containers>("containers", "the manager first, then by name"));
  return kShape;
}

Fields fields(Of<Accepted>) {
  static constexpr auto kShape = shape(field<&Accepted::name>("name", "the agent's name"),
                                       field<&Accepted::action>("action", "the action now in flight"));
  return kShape;
}

Fields fields(Of<Spawn>) {
  static constexpr auto kShape =
      shape(field<&Spawn::name>("name", "name of the new agent").matching(&is_agent_name, kAgentName),
            field<&Spawn::revision>("revision", "prepared commit of an approval; absent: a new configuration")
                .max_bytes(64)
                .callers(Who::plugins));
  return kShape;
}

Fields fields(Of<Rebuild>) {
  static constexpr auto kShape =
      shape(field<&Rebuild::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&Rebuild::revision>("revision", "prepared commit of an approval; absent: what is deployed")
                .max_bytes(64)
                .callers(Who::plugins));
  return kShape;
}

Fields fields(Of<Destroy>) {
  static constexpr auto kShape =
      shape(field<&Destroy::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&Destroy::purge>("purge", "also its state, login, logs and repositories"),
            field<&Destroy::force>("force", "needed for the manager"));
  return kShape;
}

Fields fields(Of<Tombstone>) {
  static constexpr auto kShape =
      shape(field<&Tombstone::name>("name", "the agent's name"),
            field<&Tombstone::incarnation>("incarnation", "incarnation that an agent spawned from it goes on with"),
            field<&Tombstone::destroyed_at>("destroyed_at", "when the agent was destroyed"));
  return kShape;
}

Fields fields(Of<Tombstones>) {
  static constexpr auto kShape = shape(field<&Tombstones::tombstones>("tombstones", "newest first"));
  return kShape;
}

Fields fields(Of<Finding>) {
  static constexpr auto kShape = shape(field<&Finding::subject>("subject", "what was looked at"),
                                       field<&Finding::message>("message", "what was found and what to do"),
                                       field<&Finding::ok>("ok", "nothing stands in the way"));
  return kShape;
}

Fields fields(Of<Preflight>) {
  static constexpr auto kShape = shape(field<&Preflight::ok>("ok", "true: every finding is ok"),
                                       field<&Preflight::findings>("findings", "one for each check"));
  return kShape;
}

Fields fields(Of<ReadConfig>) {
  static constexpr auto kShape =
      shape(field<&ReadConfig::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&ReadConfig::path>("path", "one file; absent: all of them").max_bytes(1'024));
  return kShape;
}

Fields fields(Of<ConfigFile>) {
  static constexpr auto kShape =
      shape(field<&ConfigFile::path>("path", "path in the repository"), field<&ConfigFile::text>("text", "content"));
  return kShape;
}

Fields fields(Of<ConfigFiles>) {
  static constexpr auto kShape = shape(field<&ConfigFiles::revision>("revision", "commit of applied main"),
                                       field<&ConfigFiles::files>("files", "agent.toml and agent.nix first"));
  return kShape;
}

Fields fields(Of<TransientEvent>) {
  static constexpr auto kShape = shape(
      field<&TransientEvent::name>("name", "the agent's name"), field<&TransientEvent::action>("action", "the action"),
      field<&TransientEvent::ok>("ok", "true: the action did what was asked; while it is in flight this means nothing"),
      field<&TransientEvent::error>("error", "why the action failed"));
  return kShape;
}

Fields fields(Of<ContainerEvent>) {
  static constexpr auto kShape = shape(field<&ContainerEvent::container>("container", "the row as it is now"));
  return kShape;
}

Fields fields(Of<Gone>) {
  static constexpr auto kShape =
      shape(field<&Gone::name>("name", "the agent's name"),
            field<&Gone::incarnation>("incarnation", "incarnation of that agent"),
            field<&Gone::purged>("purged", "its state is gone too and its incarnation has ended"));
  return kShape;
}

}  // namespace hive::lifecycle
