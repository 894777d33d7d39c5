#include <hive/sdk/contracts/lifecycle.hpp>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
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

/// What may stand after a method's words: its options, and agents' names in the place of a name.
std::set<std::string> method_words(const MethodEntry& method, std::size_t places, Session* session) {
  std::set<std::string> out;
  if (const auto* properties = method.params.if_contains("properties"); properties && properties->is_object())
    for (const auto& member : properties->get_object()) {
      const std::string name(member.key());
      const auto listed = [&](const auto& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
      if (!listed(method.hidden) && !listed(method.positional)) out.insert(option_name(name));
    }
  const bool name_next =
      places < method.positional.size() && (method.positional[places] == "name" || method.positional[places] == "to");
  if (name_next) add_agents(session, out);
  return out;
}

std::set<std::string> suggestions(const Catalog& catalog, const std::vector<std::string>& before, Session* session) {
  if (before.empty()) return first_words(catalog);
  const auto places = [&](std::size_t from) {
    return std::size_t(std::count_if(before.begin() + std::ptrdiff_t(from), before.end(),
                                     [](const auto& word) { return !word.starts_with("-"); }));
  };
  if (const auto* method = catalog.by_alias(before[0])) return method_words(*method, places(1), session);
  std::set<std::string> out;
  if (before[0] == "logs") add_agents(session, out);
  if (before[0] == "call")
    for (const auto& method : catalog.methods())
      if (method.for_operator()) out.insert(method.name);
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
    app.add_option("shell", shell, "for which")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
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
