#include <hive/sdk/contracts/host.hpp>
#include <hive/sdk/contracts/lifecycle.hpp>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <set>

#include "command.hpp"

namespace hive::host::cli {
namespace {

constexpr std::string_view kBash = R"sh(_hive_c0re() {
  local IFS=$'\n'
  COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" \
    -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _hive_c0re hive-c0re
)sh";

constexpr std::string_view kZsh = R"sh(#compdef hive-c0re
_hive_c0re() {
  local -a found
  found=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
}
compdef _hive_c0re hive-c0re
)sh";

constexpr std::string_view kFish = R"sh(complete -c hive-c0re -f -a '(
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete -- $words[2..-1] 2>/dev/null)'
)sh";

constexpr std::array kShells{"bash", "zsh", "fish"};

std::set<std::string> first_words(const Catalog& catalog) {
  std::set<std::string> out{"serve", "config", "help"};
  for (const auto& builtin : builtins())
    if (builtin.shown == Builtin::Shown::in_help) out.emplace(builtin.name);
  for (const auto& method : catalog.methods())
    if (!method.alias.empty() && method.for_operator()) out.insert(method.alias);
  for (auto& role : catalog.roles()) out.insert(std::move(role));
  return out;
}

void add_agents(Session* session, std::set<std::string>& out) {
  if (session == nullptr) return;
  const auto agents = session->call(lifecycle::kList, None{});
  if (!agents) return;  // a suggestion less; the command itself will say what is wrong
  for (const auto& agent : agents->containers) out.insert(agent.name);
}

void add_topics(Session* session, std::set<std::string>& out) {
  if (session == nullptr) return;
  const auto listed = session->call(host_api::kEvents, None{});
  if (!listed) return;
  for (const auto& topic : listed->topics) out.insert(topic.topic);
}

void add_choices(const json::value& schema, std::set<std::string>& out) {
  const auto* choices = schema.is_object() ? schema.get_object().if_contains("enum") : nullptr;
  if (choices == nullptr || !choices->is_array()) return;
  for (const auto& choice : choices->get_array())
    if (choice.is_string()) out.emplace(choice.get_string());
}

/// What may stand after a method's words: its options, and in its next place agents' names or what there is to choose.
std::set<std::string> method_words(const MethodEntry& method, std::size_t places, Session* session) {
  std::set<std::string> out;
  const auto next = places < method.positional.size() ? method.positional[places] : std::string();
  if (const auto* properties = method.params.if_contains("properties"); properties && properties->is_object())
    for (const auto& member : properties->get_object()) {
      const std::string name(member.key());
      const auto listed = [&](const auto& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
      if (!listed(method.hidden) && !listed(method.positional)) out.insert(option_name(name));
      if (name == next) add_choices(member.value(), out);
    }
  if (next == "name" || next == "to") add_agents(session, out);
  return out;
}

/// The words of commands that are no method.
std::set<std::string> own_words(const Catalog& catalog, const std::string& command, Session* session) {
  std::set<std::string> out;
  if (command == "config") out = {"check", "show"};
  if (command == "plugin") out = {"new", "validate"};
  if (command == "completion") out = {kShells.begin(), kShells.end()};
  if (command == "logs") add_agents(session, out);
  if (command == "events") add_topics(session, out);
  if (command == "call")
    for (const auto& method : catalog.methods())
      if (method.for_operator()) out.insert(method.name);
  return out;
}

std::set<std::string> suggestions(const Catalog& catalog, const std::vector<std::string>& before, Session* session) {
  if (!before.empty() && before[0] == "help") return suggestions(catalog, {before.begin() + 1, before.end()}, session);
  if (before.empty()) return first_words(catalog);
  const auto places = [&](std::size_t from) {
    return std::size_t(std::count_if(before.begin() + std::ptrdiff_t(from), before.end(),
                                     [](const auto& word) { return !word.starts_with("-"); }));
  };
  if (const auto* method = catalog.by_alias(before[0])) return method_words(*method, places(1), session);
  auto out = own_words(catalog, before[0], session);
  const auto verbs = catalog.of_role(before[0]);
  if (before.size() == 1)
    for (const auto* verb : verbs) out.insert(verb->verb());
  else if (const auto* method = catalog.by_name(before[0] + "." + before[1]))
    return method_words(*method, places(2), session);
  return out;
}

}  // namespace

Result<int> run_completion(const Invocation& invocation) {
  std::string shell;
  const CommandHelp help{"completion", "Prints what makes the shell's Tab key know commands, options and agents.",
                         "Examples:\n  source <(hive-c0re completion bash)\n  hive-c0re completion zsh > "
                         "\"${fpath[1]}/_hive-c0re\"\n  hive-c0re completion fish > "
                         "~/.config/fish/completions/hive-c0re.fish\n"};
  const auto parsed = parse_words(help, invocation.words, [&](CLI::App& app) {
    const std::vector<std::string> shells(kShells.begin(), kShells.end());
    auto* option = app.add_option("shell", shell, "the shell that is to complete words")->required();
    check_choice(option, shells);
  });
  if (!parsed) return parsed.error();
  if (*parsed == Parsed::helped) return 0;
  print(shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish);
  return 0;
}

/// `__complete -- WORD…`: the last word is the one being typed.
Result<int> run_complete(const Invocation& invocation) {
  auto before = invocation.words;
  if (!before.empty() && before[0] == "--") before.erase(before.begin());
  if (!before.empty()) before.pop_back();
  Globals globals = invocation.globals;
  for (std::size_t i = 0; i + 1 < before.size();) {  // the line that is completed has a root of its own
    if (before[i] != "--root") {
      ++i;
      continue;
    }
    globals.root = before[i + 1];
    before.erase(before.begin() + std::ptrdiff_t(i), before.begin() + std::ptrdiff_t(i) + 2);
  }
  std::erase_if(before, [](const auto& word) { return word == "--json" || word == "--no-wait"; });
  auto session = Session::open(globals);
  auto catalog = session ? Catalog::of_host(*session) : Result<Catalog>(Catalog::built_in());
  if (!catalog) return catalog.error();
  for (const auto& word : suggestions(*catalog, before, session ? &*session : nullptr)) print(word + "\n");
  return 0;
}

}  // namespace hive::host::cli
