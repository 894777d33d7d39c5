// call and shutdown: one method each, called without or with more than the table says.
#include <hive/os/wait.hpp>
#include <hive/sdk/contracts/host.hpp>
#include <hive/sdk/duration.hpp>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <iostream>
#include <iterator>

#include "command.hpp"
#include "render.hpp"
#include "text.hpp"

namespace hive::host::cli {
namespace {

/// Closing files and databases after the last plugin has stopped.
constexpr std::chrono::seconds kEndGrace{15};

Result<int> call_by_name(const std::string& method, std::string params, const Invocation& invocation) {
  if (params == "-") params.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  const auto value = parse_json(params);
  if (!value || !value->is_object())
    return error(Code::invalid_params,
                 "call: the params of " + method + " are not a JSON object, like {\"name\":\"alice\"}");
  auto session = Session::open(invocation.globals);
  if (!session) return session.error();
  const auto catalog = Catalog::of_host(*session);
  if (!catalog) return catalog.error();
  const auto* known = catalog->by_name(method);
  const auto deadline =
      known == nullptr ? rpc::kUsualPatience : std::chrono::milliseconds(known->deadline_ms) + rpc::kGrace;
  const auto result = session->call(method, *value, deadline);
  if (!result) return result.error();
  if (invocation.json())
    print_line(*result);
  else
    print(visible(indented(*result), Lines::keep));
  return 0;
}

Result<int> end_host(const host_api::Shutdown& wanted, const Invocation& invocation) {
  auto session = Session::open(invocation.globals);
  if (!session) return session.error();
  const auto info = session->call(host_api::kInfo, None{});
  if (!info) return info.error();
  const auto process = os::open_process(os::identity_of(pid_t(info->pid)));
  const auto answered = session->call(host_api::kShutdown, wanted);
  if (!answered) return answered.error();
  if (invocation.globals.await == Await::acceptance) {
    if (!invocation.json()) print("the host ends.\n");
    return 0;
  }
  const auto patience = host_api::kShutdown.deadline + kEndGrace;
  if (process && os::wait_readable(process.get(), patience) != os::Waited::ready)
    return error(Code::timeout, "the host (pid " + std::to_string(info->pid) + ") has not ended within " +
                                    duration_text(patience) + "; " + invocation.globals.root.string() +
                                    "/logs/host.log says what it waits for");
  if (invocation.json())
    print_line(json::object{{"ended", info->pid}});
  else
    print(wanted.agents ? "the host and its agents have ended.\n" : "the host has ended; its agents go on.\n");
  return 0;
}

}  // namespace

Result<int> run_call(const Invocation& invocation) {
  std::string method, params = "{}";
  const CommandHelp help{"call", "Calls any method that the operator may call, and prints its result as JSON.",
                         "Examples:\n  hive-c0re call host.info\n  hive-c0re call broker.recent '{\"limit\": 3}'\n"
                         "`hive-c0re methods` lists the methods; `hive-c0re ROLE VERB --help` says what one takes.\n"};
  const auto parsed = parse_words(help, invocation.words, [&](CLI::App& app) {
    app.add_option("method", method, "role.verb")->required()->type_name("METHOD");
    app.add_option("params", params, "a JSON object; - reads it from standard input")->type_name("JSON");
  });
  if (!parsed) return parsed.error();
  if (*parsed == Parsed::helped) return 0;
  return call_by_name(method, params, invocation);
}

Result<int> run_shutdown(const Invocation& invocation) {
  host_api::Shutdown wanted;
  const CommandHelp help{"shutdown", "Ends the host, and waits until it has ended.",
                         "Agents go on and are found again by the next host, unless --agents stops them too.\n"};
  const auto parsed = parse_words(
      help, invocation.words, [&](CLI::App& app) { app.add_flag("--agents", wanted.agents, "stop the agents too"); });
  if (!parsed) return parsed.error();
  if (*parsed == Parsed::helped) return 0;
  return end_host(wanted, invocation);
}

}  // namespace hive::host::cli
