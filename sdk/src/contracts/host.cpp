#include <hive/sdk/contracts/host.hpp>

namespace hive::host_api {

Fields fields(Of<Info>) {
  static constexpr auto kShape =
      shape(field<&Info::version>("version", "version of the host"), field<&Info::root>("root", "folder of the hive"),
            field<&Info::abi>("abi", "plugin ABI, major.minor"),
            field<&Info::epoch>("epoch", "epoch of the event stream; another one after each start"),
            field<&Info::pid>("pid", "process id of the host"),
            field<&Info::started_at>("started_at", "when the host was ready"),
            field<&Info::start_ms>("start_ms", "milliseconds from process start to ready"),
            field<&Info::memory_kb>("memory_kb", "resident memory now"));
  return kShape;
}

Fields fields(Of<Plugin>) {
  static constexpr auto kShape =
      shape(field<&Plugin::id>("id", "id of the plugin"), field<&Plugin::version>("version", "version of the plugin"),
            field<&Plugin::file>("file", "path of its shared object"),
            field<&Plugin::state>("state", "state of the plugin now"),
            field<&Plugin::provides>("provides", "roles that it provides"),
            field<&Plugin::needs>("needs", "roles that it needs"),
            field<&Plugin::isolated>("isolated", "it runs in a process of its own"),
            field<&Plugin::reason>("reason", "why it does not run"),
            field<&Plugin::start_ms>("start_ms", "how long its start took"),
            field<&Plugin::panel>("panel", "ES module that shows it on the operator's page"),
            field<&Plugin::snapshot>("snapshot", "its part of the page's state, each key=method/member"),
            field<&Plugin::left_out>("left_out", "what of it is not used, each with the reason").defaulted());
  return kShape;
}

Fields fields(Of<Plugins>) {
  static constexpr auto kShape = shape(field<&Plugins::plugins>("plugins", "every plugin, in start order"));
  return kShape;
}

Fields fields(Of<MethodAbout>) {
  static constexpr auto kShape =
      shape(field<&MethodAbout::name>("name", "role.verb"), field<&MethodAbout::callers>("callers", "who may call it"),
            field<&MethodAbout::deadline_ms>("deadline_ms", "milliseconds after which the caller hears timeout"),
            field<&MethodAbout::about>("about", "doc, params, result, tool, cli"));
  return kShape;
}

Fields fields(Of<Methods>) {
  static constexpr auto kShape = shape(field<&Methods::methods>("methods", "every method, by name"));
  return kShape;
}

Fields fields(Of<Topic>) {
  static constexpr auto kShape = shape(field<&Topic::topic>("topic", "role.fact"),
                                       field<&Topic::plugin>("plugin", "id of the plugin that publishes it"),
                                       field<&Topic::audience>("audience", "who may see it"));
  return kShape;
}

Fields fields(Of<Topics>) {
  static constexpr auto kShape = shape(field<&Topics::topics>("topics", "every topic, by name"));
  return kShape;
}

Fields fields(Of<PluginHealth>) {
  static constexpr auto kShape = shape(
      field<&PluginHealth::id>("id", "id of the plugin"),
      field<&PluginHealth::holds_over_10_ms>("holds_over_10_ms", "times that it held its strand for more than 10 ms"),
      field<&PluginHealth::holds_over_100_ms>("holds_over_100_ms",
                                              "times that it held its strand for more than 100 ms"),
      field<&PluginHealth::longest_us>("longest_us", "the longest time that it held its strand, in microseconds"),
      field<&PluginHealth::calls_in_flight>("calls_in_flight", "calls that it owes an answer"),
      field<&PluginHealth::left_out>("left_out", "parts of it that are not used; host.plugins says why").defaulted(),
      field<&PluginHealth::slowest>("slowest", "what ran the longest"));
  return kShape;
}

Fields fields(Of<Health>) {
  static constexpr auto kShape =
      shape(field<&Health::ok>("ok", "every plugin that should run does"),
            field<&Health::plugins>("plugins", "every plugin that runs, by id"),
            field<&Health::connections>("connections", "open connections of all sockets"),
            field<&Health::subscribers>("subscribers", "connections that read events"),
            field<&Health::calls_in_flight>("calls_in_flight", "calls in flight in the whole host"));
  return kShape;
}

Fields fields(Of<LogLevel>) {
  static constexpr auto kShape = shape(field<&LogLevel::plugin>("plugin", "id, or host, or * for all").max_bytes(64),
                                       field<&LogLevel::level>("level", "the least that is logged"));
  return kShape;
}

Fields fields(Of<PluginRef>) {
  static constexpr auto kShape = shape(field<&PluginRef::plugin>("plugin", "id of the plugin").max_bytes(64));
  return kShape;
}

Fields fields(Of<Shutdown>) {
  static constexpr auto kShape =
      shape(field<&Shutdown::agents>("agents", "stop the agents too; without it they go on"));
  return kShape;
}

Fields fields(Of<OpenSocket>) {
  static constexpr auto kShape =
      shape(field<&OpenSocket::name>("name", "the agent's name; manager gets the manager's principal")
                .matching(&is_agent_name, kAgentName),
            field<&OpenSocket::uid>("uid", "user id that peers must have").between(0, 4'294'967'294),
            field<&OpenSocket::gid>("gid", "group of the socket file").between(0, 4'294'967'294));
  return kShape;
}

Fields fields(Of<AgentRef>) {
  static constexpr auto kShape =
      shape(field<&AgentRef::name>("name", "the agent's name").matching(&is_agent_name, kAgentName));
  return kShape;
}

Fields fields(Of<Stopping>) {
  static constexpr auto kShape = shape(field<&Stopping::agents>("agents", "these are to be stopped too"));
  return kShape;
}

}  // namespace hive::host_api
