#include <algorithm>

#include "command.hpp"
#include "text.hpp"

namespace hive::host::cli {
namespace {

constexpr std::string_view kHead =
    R"(hive-c0re: the host of a hive of agents, and the way to talk to it.

Usage: hive-c0re [--root DIR] [--json] [--no-wait] COMMAND …

First steps
  ./hive up --demo --detach          start a hive with a scripted model
  hive-c0re send manager hello       write to the manager
  hive-c0re inbox --wait             read its answer
  hive-c0re spawn alice              create an agent
  hive-c0re list                     who is there and what they do
)";

constexpr std::string_view kHost = R"(
The host itself
  serve [--config FILE]              run the host in the foreground
  config check|show                  settings, where they come from, and what is wrong
)";

constexpr std::string_view kTail = R"(
Everywhere
  --root DIR    the hive's folder; else $HYPERHIVE_ROOT, else ./.hive, else /var/lib/hyperhive
  --json        print one line of JSON; errors too, on standard error
  --no-wait     answer once an action is accepted, not at its end
  --help        after any command: what it does and takes
  --version     of this program and its plugin ABI

Exit codes: 0 well; 64 wrong usage; 65 too large; 66 not found; 69 no host, or its part is away;
70 failed; 73 in conflict with how things are; 74 the output cannot be written; 75 try again later;
77 not allowed.
)";

std::string padded(std::string_view text, std::size_t width) {
  const auto length = shown_length(text);
  return std::string(text) + std::string(length < width ? width - length : 1, ' ');
}

std::string usage_of(const MethodEntry& method, std::string_view called) {
  std::string out(called);
  const auto* required = method.params.if_contains("required");
  for (const auto& place : method.positional) {
    std::string title = place;
    std::transform(title.begin(), title.end(), title.begin(), [](unsigned char c) { return char(std::toupper(c)); });
    const bool needed =
        required != nullptr && required->is_array() &&
        std::any_of(required->get_array().begin(), required->get_array().end(),
                    [&](const json::value& name) { return name.is_string() && name.get_string() == place; });
    out += needed ? " " + title : " [" + title + "]";
  }
  return out;
}

std::string line(std::string_view usage, std::string_view words) {
  return "  " + padded(usage, 35) + std::string(words) + "\n";
}

}  // namespace

std::string overview(const Catalog& catalog) {
  std::string out(kHead);
  out += "\nThe swarm\n";
  const auto is_builtin = [](std::string_view name) {
    return std::any_of(builtins().begin(), builtins().end(), [&](const auto& b) { return b.name == name; });
  };
  for (const auto& method : catalog.methods())
    if (!method.alias.empty() && method.for_operator() && !is_builtin(method.alias))
      out += line(usage_of(method, method.alias), method.doc);
  for (const auto& builtin : builtins())
    if (builtin.shown == Builtin::Shown::in_help) out += line(builtin.usage, builtin.summary);
  out += kHost;
  out += "\nEvery method of every plugin, as `hive-c0re ROLE VERB`\n";
  for (const auto& role : catalog.roles()) {
    std::string verbs;
    for (const auto* method : catalog.of_role(role)) verbs += (verbs.empty() ? "" : " ") + method->verb();
    out += line(role, verbs);
  }
  return out + std::string(kTail);
}

std::string role_overview(const Catalog& catalog, std::string_view role) {
  std::string out = "hive-c0re " + std::string(role) + " VERB …\n\n";
  for (const auto* method : catalog.of_role(role)) {
    const auto also = method->alias.empty() ? std::string() : " (also: hive-c0re " + method->alias + ")";
    out += line(usage_of(*method, method->verb()), method->doc + also);
  }
  return out + "\n`hive-c0re " + std::string(role) + " VERB --help` says what a verb takes.\n";
}

}  // namespace hive::host::cli
