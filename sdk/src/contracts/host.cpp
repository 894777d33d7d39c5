#include <hive/sdk/contracts/host.hpp>

namespace hive::host_api {

Fields fields(Of<Info>) {
  static constexpr auto kShape =
      shape(field<&Info::version>("version", "version of the host"), field<&Info::root>("root", "folder of the hive"),
            field<&Info::abi>("abi", "version of the plugin ABI, as major.minor"),
            field<&Info::epoch>("epoch", "epoch of the event stream; every start of the host begins another one"),
            field<&Info::pid>("pid", "process id of the host"),
            field<&Info::started_at>("started_at", "when the host was ready"),
            field<&Info::start_ms>("start_ms", "milliseconds from process start to ready"),
            field<&Info::memory_kb>("memory_kb", "KiB of memory that the host has in use"));
  return kShape;
}

Fields fields(Of<Plugin>) {
  static constexpr auto kShape = shape(
      field<&Plugin::id>("id", "id of the plugin"), field<&Plugin::version>("version", "version of the plugin"),
      field<&Plugin::file>("file", "path of its shared object"),
      field<&Plugin::state>("state", "state of the plugin now"),
      field<&Plugin::provides>("provides", "roles that it provides"),
      field<&Plugin::needs>("needs", "roles that it needs"),
      field<&Plugin::isolated>("isolated", "true: the plugin runs in a process of its own"),
      field<&Plugin::reason>("reason", "why the plugin does not run"),
      field<&Plugin::start_ms>("start_ms", "milliseconds that its start took"),
      field<&Plugin::panel>("panel", "name of the ES module that shows the plugin on the operator's page"),
      field<&Plugin::snapshot>("snapshot", "what the plugin gives to the page's state, each as key=role.verb/member"),
      field<&Plugin::left_out>("left_out", "parts of the plugin that are not used, each with the reason").defaulted());
  return kShape;
}

Fields fields(Of<Plugins>) {
  static constexpr auto kShape = shape(field<&Plugins::plugins>("plugins", "every plugin, in start order"));
  return kShape;
}

Fields fields(Of<ToolAbout>) {
  static constexpr auto kShape = shape(
      field<&ToolAbout::name>("name", "name of the tool, without its server's").defaulted(),
      field<&ToolAbout::description>("description", "what the tool does").defaulted(),
      field<&ToolAbout::answer>("answer", "text of the result, in which {member} is replaced; empty: JSON").defaulted(),
      field<&ToolAbout::lines>("lines", "line for each element of the list in the result; empty: JSON").defaulted(),
      field<&ToolAbout::to>("to", "principals that it is offered to, as bits; absent: all that may call the method"),
      field<&ToolAbout::read_only>("read_only", "true: the tool changes nothing"),
      field<&ToolAbout::effect>("effect", "what the tool does to what there is: reads, adds or destroys"),
      field<&ToolAbout::idempotent>("idempotent", "true: a second call with the same params changes nothing more"),
      field<&ToolAbout::open_world>("open_world", "true: the tool reaches what is outside of the hive"),
      field<&ToolAbout::params>("params", "JSON Schema of the tool's params").defaulted());
  return kShape;
}

Fields fields(Of<CliAbout>) {
  static constexpr auto kShape = shape(
      field<&CliAbout::alias>("alias", "command of one word; empty: there is none").defaulted(),
      field<&CliAbout::positional>("positional", "members that are taken by place, with spaces between").defaulted(),
      field<&CliAbout::awaits>("awaits", "topic whose event ends the action; empty: the answer does").defaulted(),
      field<&CliAbout::columns>("columns", "columns of the list in the result, each as TITLE=member").defaulted(),
      field<&CliAbout::text>("text", "member of the result that is printed alone; empty: all are").defaulted());
  return kShape;
}

Fields fields(Of<RouteAbout>) {
  static constexpr auto kShape = shape(
      field<&RouteAbout::verb>("verb", "GET or POST").defaulted(),
      field<&RouteAbout::path>("path", "path of the address; {member} stands for a member of the params").defaulted(),
      field<&RouteAbout::with>("with", "members that every request has, as name=value&name=value").defaulted(),
      field<&RouteAbout::joins>("joins", "text of the result that is put together of all pieces").defaulted());
  return kShape;
}

Fields fields(Of<About>) {
  static constexpr auto kShape =
      shape(field<&About::doc>("doc", "what the method does, in one sentence").defaulted(),
            field<&About::params>("params", "JSON Schema of the params").defaulted(),
            field<&About::result>("result", "JSON Schema of the result").defaulted(),
            field<&About::tool>("tool", "how it is offered to models; absent: it is not"),
            field<&About::cli>("cli", "how it is offered on the command line").defaulted(),
            field<&About::http>("http", "addresses of the page's server that call the method"),
            field<&About::from_pages>("from_pages", "false: the page may not call the method").defaulted());
  return kShape;
}

json::object properties_of(const json::value& schema) {
  const auto* const described = schema.if_object();
  const auto* const found = described != nullptr ? described->if_contains("properties") : nullptr;
  return found != nullptr && found->is_object() ? found->get_object() : json::object();
}

Fields fields(Of<MethodAbout>) {
  static constexpr auto kShape =
      shape(field<&MethodAbout::name>("name", "name of the method, as role.verb"),
            field<&MethodAbout::callers>("callers", "principals that may call the method"),
            field<&MethodAbout::deadline_ms>("deadline_ms", "milliseconds after which the caller is answered timeout"),
            field<&MethodAbout::about>("about", "what the method does and how it is offered"),
            field<&MethodAbout::away>("away", "true: no plugin answers the method now"));
  return kShape;
}

Fields fields(Of<ListMethods>) {
  static constexpr auto kShape =
      shape(field<&ListMethods::away>(
                "away", "true: methods of the host's own contracts that no plugin answers now are listed too")
                .defaulted());
  return kShape;
}

Fields fields(Of<Methods>) {
  static constexpr auto kShape =
      shape(field<&Methods::methods>("methods", "methods that the caller may call, by name"));
  return kShape;
}

Fields fields(Of<Topic>) {
  static constexpr auto kShape = shape(field<&Topic::topic>("topic", "name of the topic, as role.fact"),
                                       field<&Topic::plugin>("plugin", "id of the plugin that publishes it"),
                                       field<&Topic::audience>("audience", "principals that may see its events"));
  return kShape;
}

Fields fields(Of<Topics>) {
  static constexpr auto kShape = shape(field<&Topics::topics>("topics", "every topic, by name"));
  return kShape;
}

Fields fields(Of<PluginHealth>) {
  static constexpr auto kShape =
      shape(field<&PluginHealth::id>("id", "id of the plugin"),
            field<&PluginHealth::holds_over_10_ms>("holds_over_10_ms",
                                                   "number of times that it held its strand for more than 10 ms"),
            field<&PluginHealth::holds_over_100_ms>("holds_over_100_ms",
                                                    "number of times that it held its strand for more than 100 ms"),
            field<&PluginHealth::longest_us>("longest_us", "microseconds that it held its strand at most"),
            field<&PluginHealth::calls_in_flight>("calls_in_flight", "number of calls that it still has to answer"),
            field<&PluginHealth::left_out>("left_out", "number of its parts that are not used; host.plugins says why")
                .defaulted(),
            field<&PluginHealth::slowest>("slowest", "handler that held the strand the longest"));
  return kShape;
}

Fields fields(Of<Health>) {
  static constexpr auto kShape =
      shape(field<&Health::ok>("ok", "true: every plugin that should run does"),
            field<&Health::plugins>("plugins", "every plugin that runs, by id"),
            field<&Health::connections>("connections", "number of open connections on all sockets"),
            field<&Health::subscribers>("subscribers", "number of connections that read events"),
            field<&Health::calls_in_flight>("calls_in_flight", "number of calls in flight in the whole host"));
  return kShape;
}

Fields fields(Of<LogLevel>) {
  static constexpr auto kShape =
      shape(field<&LogLevel::plugin>("plugin", "id of a plugin, `host` for the host itself, or * for all of them")
                .max_bytes(64),
            field<&LogLevel::level>("level", "level of the least important messages that are logged"));
  return kShape;
}

Fields fields(Of<PluginRef>) {
  static constexpr auto kShape = shape(field<&PluginRef::plugin>("plugin", "id of the plugin").max_bytes(64));
  return kShape;
}

Fields fields(Of<Shutdown>) {
  static constexpr auto kShape =
      shape(field<&Shutdown::agents>("agents", "true: the agents are stopped too; otherwise they go on"));
  return kShape;
}

Fields fields(Of<OpenSocket>) {
  static constexpr auto kShape =
      shape(field<&OpenSocket::name>("name", "name of the agent; `manager` gives the manager's principal")
                .matching(&is_agent_name, kAgentName),
            field<&OpenSocket::uid>("uid", "user id that every peer on the socket must have").between(0, 4'294'967'294),
            field<&OpenSocket::gid>("gid", "group that the socket's file belongs to").between(0, 4'294'967'294));
  return kShape;
}

Fields fields(Of<AgentRef>) {
  static constexpr auto kShape =
      shape(field<&AgentRef::name>("name", "the agent's name").matching(&is_agent_name, kAgentName));
  return kShape;
}

Fields fields(Of<Stopping>) {
  static constexpr auto kShape = shape(field<&Stopping::agents>("agents", "true: the agents are to be stopped too"));
  return kShape;
}

}  // namespace hive::host_api
