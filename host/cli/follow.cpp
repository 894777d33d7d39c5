// logs and events: what goes on until it is interrupted.
#include <hive/sdk/contracts/host.hpp>
#include <hive/sdk/contracts/journal.hpp>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <optional>

#include "command.hpp"
#include "render.hpp"
#include "text.hpp"

namespace hive::host::cli {
namespace {

void show(const runtime::LogLine& line, const Invocation& invocation) {
  if (invocation.json()) return print_line(encode_value(line));
  const auto stream = line.stream == "out" ? "" : "[" + visible(line.stream, Lines::join) + "] ";
  print(clock_text(line.at, wall_time()) + "  " + stream + visible(line.text, Lines::join) + "\n");
}

/// The lines of `wanted`; its cursor afterwards.
Result<std::int64_t> show_log(Session& session, const journal::Read& wanted, const Invocation& invocation) {
  const auto lines = session.call(journal::kRead, wanted);
  if (!lines) return lines.error();
  for (const auto& line : lines->lines) show(line, invocation);
  return lines->cursor;
}

Result<int> read_log(const journal::Read& wanted, const Invocation& invocation) {
  auto session = Session::open(invocation.globals);
  if (!session) return session.error();
  const auto shown = show_log(*session, wanted, invocation);
  if (!shown) return shown.error();
  return 0;
}

Result<int> follow_log(const journal::Read& wanted, const Invocation& invocation) {
  std::optional<journal::Follow> rest;
  return over_restarts(invocation.globals, Session::Clock::time_point::max(), [&](Session& session) -> Result<int> {
    if (!rest) {
      const auto shown = show_log(session, wanted, invocation);
      if (!shown) return shown.error();
      rest = {wanted.name, wanted.unit, *shown};
    }
    while (is_output_open()) {
      const auto lines = session.call(journal::kFollow, *rest);
      if (!lines) return lines.error();
      for (const auto& line : lines->lines) show(line, invocation);
      rest->cursor = lines->cursor;
    }
    return 0;
  });
}

void show(const SeenEvent& event, const Invocation& invocation) {
  if (invocation.json())
    return print_line(json::object{{"stamp", event.stamp}, {"topic", event.topic}, {"payload", event.payload}});
  print(clock_text(wall_time(), wall_time()) + "  " + event.topic + "  " +
        visible(write_json(event.payload), Lines::join) + "\n");
}

Result<std::vector<std::string>> all_topics(Session& session) {
  auto listed = session.call(host_api::kEvents, None{});
  if (!listed) return listed.error();
  std::vector<std::string> out;
  for (const auto& topic : listed->topics)
    if (std::find(topic.audience.begin(), topic.audience.end(), "operator") != topic.audience.end())
      out.push_back(topic.topic);
  return out;
}

Result<int> follow_events(std::vector<std::string> topics, std::optional<std::int64_t> count,
                          const Invocation& invocation) {
  std::int64_t seen = 0;
  bool followed = false;
  return over_restarts(invocation.globals, Session::Clock::time_point::max(), [&](Session& session) -> Result<int> {
    if (topics.empty()) {
      auto all = all_topics(session);
      if (!all) return all.error();
      topics = std::move(*all);
    }
    if (const auto subscribed = session.subscribe(topics); !subscribed) return subscribed.error();
    if (std::exchange(followed, true)) remark("hive-c0re: the host is back; events before this line may be missing\n");
    for (; is_output_open() && (!count || seen < *count); ++seen) {
      const auto event = session.next_event();
      if (!event) return event.error();
      show(*event, invocation);
    }
    return 0;
  });
}

Result<int> list_topics(const Invocation& invocation) {
  auto session = Session::open(invocation.globals);
  if (!session) return session.error();
  const auto result = session->call(host_api::kEvents.name, json::object());
  if (!result) return result.error();
  MethodEntry method;
  method.name = host_api::kEvents.name;
  method.result = schema<host_api::Topics>();
  if (invocation.json())
    print_line(*result);
  else
    print(rendered(method, *result));
  return 0;
}

}  // namespace

Result<int> run_logs(const Invocation& invocation) {
  journal::Read wanted{.name = {}, .unit = {}, .lines = 200, .cursor = {}};
  bool follows = false;
  const CommandHelp help{"logs", "What the processes of an agent wrote.", "Example:\n  hive-c0re logs -f manager\n"};
  const auto parsed = parse_words(help, invocation.words, [&](CLI::App& app) {
    app.add_option("name", wanted.name, "the agent's name")->required()->type_name("TEXT");
    app.add_flag("-f,--follow", follows, "go on and show lines as they are written");
    check_range(app.add_option("-n,--lines", wanted.lines, "how many lines at most"), {1, 5'000})
        ->capture_default_str();
    app.add_option("--unit", wanted.unit, "hive-ag3nt.service or hive-m1nd.service");
  });
  if (!parsed) return parsed.error();
  if (*parsed == Parsed::helped) return 0;
  return follows ? follow_log(wanted, invocation) : read_log(wanted, invocation);
}

Result<int> run_events(const Invocation& invocation) {
  std::vector<std::string> topics;
  bool follows = false;
  std::optional<std::int64_t> count;
  const CommandHelp help{"events", "Topics and who may see them; with --follow, the events themselves.",
                         "Examples:\n  hive-c0re events\n  hive-c0re events --follow broker.sent turns.changed\n"};
  const auto parsed = parse_words(help, invocation.words, [&](CLI::App& app) {
    app.add_option("topics", topics, "only these; all that the operator may see when absent")->type_name("TOPIC");
    app.add_flag("-f,--follow", follows, "show events as they happen");
    check_range(app.add_option("--count", count, "end after N events"), {1, kMaxInteger});
  });
  if (!parsed) return parsed.error();
  if (*parsed == Parsed::helped) return 0;
  if (follows || count || !topics.empty()) return follow_events(std::move(topics), count, invocation);
  return list_topics(invocation);
}

}  // namespace hive::host::cli
