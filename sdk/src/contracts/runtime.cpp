#include <hive/sdk/contracts/runtime.hpp>

namespace hive::runtime {

Fields fields(Of<Name>) {
  static constexpr auto kShape =
      shape(field<&Name::name>("name", "name of the agent").matching(&is_agent_name, kAgentName));
  return kShape;
}

Fields fields(Of<SandboxLevel>) {
  static constexpr auto kShape =
      shape(field<&SandboxLevel::level>("level", "level of the sandbox that the last start applied"),
            field<&SandboxLevel::reasons>(
                "reasons", "parts of the full sandbox that are missing, each with the capability that it needs"));
  return kShape;
}

Fields fields(Of<Container>) {
  static constexpr auto kShape =
      shape(field<&Container::name>("name", "the agent's name"),
            field<&Container::state>("state", "state of the container now"),
            field<&Container::since>("since", "when the container came into its state"),
            field<&Container::revision>("revision", "commit of the active configuration"),
            field<&Container::sandbox>("sandbox", "what confines the container"),
            field<&Container::reason>("reason", "why the container was refused, or how it ended"));
  return kShape;
}

Fields fields(Of<Containers>) {
  static constexpr auto kShape = shape(field<&Containers::containers>("containers", "every container, by name"));
  return kShape;
}

Fields fields(Of<Prepare>) {
  static constexpr auto kShape = shape(
      field<&Prepare::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
      field<&Prepare::revision>("revision", "commit in the applied repository; absent: the tip of its main branch")
          .max_bytes(64));
  return kShape;
}

Fields fields(Of<Prepared>) {
  static constexpr auto kShape =
      shape(field<&Prepared::generation>("generation", "id of the generation, which activate takes"),
            field<&Prepared::revision>("revision", "commit that the generation was made from"),
            field<&Prepared::notes>("notes", "things that whoever decides about it should know, a sentence each"));
  return kShape;
}

Fields fields(Of<Activate>) {
  static constexpr auto kShape =
      shape(field<&Activate::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&Activate::generation>("generation", "id of the generation, as prepare gave it").max_bytes(64));
  return kShape;
}

Fields fields(Of<Active>) {
  static constexpr auto kShape =
      shape(field<&Active::generation>("generation", "id of the active generation; absent: none is active"),
            field<&Active::revision>("revision", "commit of that generation"),
            field<&Active::allowed_recipients>("allowed_recipients",
                                               "agents that it may write to, as in its agent.toml; empty: everyone"));
  return kShape;
}

Fields fields(Of<Stop>) {
  static constexpr auto kShape =
      shape(field<&Stop::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&Stop::grace_seconds>("grace_seconds", "seconds that it has to end by itself before it is killed")
                .between(0, 600)
                .defaulted());
  return kShape;
}

Fields fields(Of<Destroy>) {
  static constexpr auto kShape =
      shape(field<&Destroy::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&Destroy::purge>(
                "purge", "true: its state, login, logs and repositories are deleted too, which cannot be undone"));
  return kShape;
}

Fields fields(Of<ReadLogs>) {
  static constexpr auto kShape =
      shape(field<&ReadLogs::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&ReadLogs::after>("after", "cursor of the last line that was read; absent: the newest lines")
                .between(0, kMaxInteger),
            field<&ReadLogs::lines>("lines", "lines to read at most").between(1, 5'000).defaulted());
  return kShape;
}

Fields fields(Of<LogLine>) {
  static constexpr auto kShape =
      shape(field<&LogLine::cursor>(
                "cursor", "number of the line, one more than that of the line before it; a gap was rotated away"),
            field<&LogLine::at>("at", "when the line was written"),
            field<&LogLine::stream>("stream", "where the line was written: out, err or supervisor"),
            field<&LogLine::text>("text", "text of the line, at most 8 KiB"));
  return kShape;
}

Fields fields(Of<LogLines>) {
  static constexpr auto kShape =
      shape(field<&LogLines::lines>("lines", "lines of the log, oldest first"),
            field<&LogLines::cursor>("cursor", "cursor that asks for the lines after these"));
  return kShape;
}

Fields fields(Of<LoginState>) {
  static constexpr auto kShape = shape(
      field<&LoginState::logged_in>("logged_in", "true: the agent has a login file, or a credential is configured"));
  return kShape;
}

Fields fields(Of<Limits>) {
  static constexpr auto kShape =
      shape(field<&Limits::name_bytes>("name_bytes", "bytes that an agent's name may have at most in this runtime"));
  return kShape;
}

Fields fields(Of<StateChanged>) {
  static constexpr auto kShape = shape(field<&StateChanged::container>("container", "the container as it is now"));
  return kShape;
}

Fields fields(Of<Output>) {
  static constexpr auto kShape = shape(field<&Output::name>("name", "the agent's name"),
                                       field<&Output::cursor>("cursor", "cursor of the newest line"));
  return kShape;
}

}  // namespace hive::runtime
