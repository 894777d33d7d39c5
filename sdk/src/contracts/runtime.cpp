#include <hive/sdk/contracts/runtime.hpp>

namespace hive::runtime {

Fields fields(Of<Name>) {
  static constexpr auto kShape =
      shape(field<&Name::name>("name", "name of the agent").matching(&is_agent_name, kAgentName));
  return kShape;
}

Fields fields(Of<SandboxLevel>) {
  static constexpr auto kShape =
      shape(field<&SandboxLevel::level>("level", "what was applied at the last start"),
            field<&SandboxLevel::reasons>("reasons", "what is missing and which capability it wants"));
  return kShape;
}

Fields fields(Of<Container>) {
  static constexpr auto kShape = shape(field<&Container::name>("name", "the agent's name"),
                                       field<&Container::state>("state", "state of the container now"),
                                       field<&Container::since>("since", "when that state was first seen"),
                                       field<&Container::revision>("revision", "commit of the active configuration"),
                                       field<&Container::sandbox>("sandbox", "what confines it"),
                                       field<&Container::reason>("reason", "why it was refused or how it ended"));
  return kShape;
}

Fields fields(Of<Containers>) {
  static constexpr auto kShape = shape(field<&Containers::containers>("containers", "every container, by name"));
  return kShape;
}

Fields fields(Of<Prepare>) {
  static constexpr auto kShape =
      shape(field<&Prepare::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&Prepare::revision>("revision", "commit in applied; absent: its main").max_bytes(64));
  return kShape;
}

Fields fields(Of<Prepared>) {
  static constexpr auto kShape =
      shape(field<&Prepared::generation>("generation", "what activate takes"),
            field<&Prepared::revision>("revision", "the commit that it was made from"),
            field<&Prepared::notes>("notes", "what whoever decides about it should know, a sentence each"));
  return kShape;
}

Fields fields(Of<Activate>) {
  static constexpr auto kShape =
      shape(field<&Activate::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&Activate::generation>("generation", "generation, as prepare gave it").max_bytes(64));
  return kShape;
}

Fields fields(Of<Active>) {
  static constexpr auto kShape =
      shape(field<&Active::generation>("generation", "absent: none"),
            field<&Active::revision>("revision", "commit of that generation"),
            field<&Active::allowed_recipients>("allowed_recipients", "as in its agent.toml; empty: anyone"));
  return kShape;
}

Fields fields(Of<Stop>) {
  static constexpr auto kShape = shape(
      field<&Stop::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
      field<&Stop::grace_seconds>("grace_seconds", "time to end well before it is killed").between(0, 600).defaulted());
  return kShape;
}

Fields fields(Of<Destroy>) {
  static constexpr auto kShape =
      shape(field<&Destroy::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&Destroy::purge>("purge", "also its state, login, logs and repositories"));
  return kShape;
}

Fields fields(Of<ReadLogs>) {
  static constexpr auto kShape =
      shape(field<&ReadLogs::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&ReadLogs::after>("after", "cursor of the last line that was read; absent: the newest lines")
                .between(0, kMaxInteger),
            field<&ReadLogs::lines>("lines", "how many lines at most").between(1, 5'000).defaulted());
  return kShape;
}

Fields fields(Of<LogLine>) {
  static constexpr auto kShape = shape(field<&LogLine::cursor>("cursor", "growing by one; a gap is what rotation took"),
                                       field<&LogLine::at>("at", "when the line was written"),
                                       field<&LogLine::stream>("stream", "out, err or supervisor"),
                                       field<&LogLine::text>("text", "at most 8 KiB"));
  return kShape;
}

Fields fields(Of<LogLines>) {
  static constexpr auto kShape = shape(field<&LogLines::lines>("lines", "oldest first"),
                                       field<&LogLines::cursor>("cursor", "cursor to ask the next lines with"));
  return kShape;
}

Fields fields(Of<LoginState>) {
  static constexpr auto kShape =
      shape(field<&LoginState::logged_in>("logged_in", "a login file is there, or a credential is configured"));
  return kShape;
}

Fields fields(Of<Limits>) {
  static constexpr auto kShape =
      shape(field<&Limits::name_bytes>("name_bytes", "longest agent name that this runtime takes"));
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
