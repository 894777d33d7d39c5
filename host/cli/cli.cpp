#include "cli.hpp"

#include <hive/sdk/errors.hpp>

#include <boost/json.hpp>
#include <nearest.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

#include "command.hpp"
#include "text.hpp"

namespace hive::host {
namespace cli {

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}
bool is_output_open() {
  return std::ferror(stdout) == 0;
}
void print_line(const json::value& value) {
  print(write_json(value) + "\n");
}
void remark(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void remark(const LeftOut& left_out) {
  if (left_out) remark("hive-c0re: " + visible(left_out_words(left_out), Lines::join) + "\n");
}

namespace {

constexpr int kOutputFailed = 74;  // EX_IOERR

constexpr Builtin kBuiltins[] = {
    {"inbox", "inbox [--wait] [--follow]", "the operator's mail", &run_inbox},
    {"logs", "logs [-f] NAME", "what an agent's processes wrote", &run_logs},
    {"events", "events [--follow] [TOPIC…]", "topics, or events as they happen", &run_events},
    {"call", "call METHOD [JSON]", "any method, with its params as JSON", &run_call},
    {"shutdown", "shutdown [--agents]", "end the host, and its agents if asked to", &run_shutdown},
    {"doctor", "doctor [--all]", "look for what is wrong and say how to mend it", &run_doctor},
    {"plugin", "plugin new|validate …", "start a plugin of your own, or check one", &run_plugin},
    {"completion", "completion bash|zsh|fish", "words for the shell's Tab key", &run_completion},
    {"docs", "", "", &run_docs, Builtin::Shown::hidden},
    {"wire", "", "", &run_wire, Builtin::Shown::hidden},
    {"__complete", "", "", &run_complete, Builtin::Shown::hidden},
};

/// The running host and what it offers; without one, what this program was built with.
struct Offer {
  std::optional<Session> session;
  Catalog catalog;
};
Result<Offer> find_offer(const Globals& globals) {
  auto session = Session::open(globals);
  if (!session && session.error().code != Code::unavailable) return session.error();
  if (!session) return Offer{{}, Catalog::built_in()};
  auto catalog = Catalog::of_host(*session);
  if (!catalog) return catalog.error();
  return Offer{std::move(*session), std::move(*catalog)};
}

Error unknown_command(const Catalog& catalog, const std::string& word) {
  std::vector<std::string> names{"serve", "config", "help"};
  for (const auto& builtin : kBuiltins)
    if (builtin.shown == Builtin::Shown::in_help) names.emplace_back(builtin.name);
  for (const auto& method : catalog.methods())
    if (!method.alias.empty() && method.for_operator()) names.push_back(method.alias);
  for (auto& role : catalog.roles()) names.push_back(std::move(role));
  const auto near = nearest(word, names);
  // A word of ours whose plugin is not there is not a typo.
  const auto built_in = Catalog::built_in();
  if (const auto* method = built_in.by_alias(word); method != nullptr || !built_in.of_role(word).empty())
    return error(Code::unavailable, "no running plugin answers " + (method != nullptr ? method->name : word) +
                                        "; `hive-c0re plugins` says which run and why others do not");
  const auto hint = near.empty() ? std::string() : "; did you mean " + join_or(near) + "?";
  return error(Code::invalid_params, "no command \"" + visible(word, Lines::join) + "\"" + hint +
                                         (near.empty() ? "; `hive-c0re --help` lists them" : ""));
}

Error unknown_verb(const Catalog& catalog, const std::string& role, const std::string& verb) {
  std::vector<std::string> verbs;
  for (const auto* method : catalog.of_role(role)) verbs.push_back(method->verb());
  const auto near = nearest(verb, verbs);
  return error(Code::invalid_params,
               role + " has no \"" + visible(verb, Lines::join) + "\" for the operator; " +
                   (near.empty() ? "it has " + join_or(verbs) : "did you mean " + join_or(near) + "?"));
}

Result<int> run_offered(const CommandLine& line) {
  auto offer = find_offer(line.globals);
  if (!offer) return offer.error();
  const auto& catalog = offer->catalog;
  auto* session = offer->session ? &*offer->session : nullptr;
  auto words = line.words;
  if (line.globals.help) words.push_back("--help");
  if (const auto* method = catalog.by_alias(words[0]))
    return run_method(*method, words[0], {line.globals, {words.begin() + 1, words.end()}}, session);
  if (catalog.of_role(words[0]).empty()) return unknown_command(catalog, words[0]);
  if (words.size() == 1 || words[1] == "--help") return print(role_overview(catalog, words[0])), 0;
  const auto* method = catalog.by_name(words[0] + "." + words[1]);
  if (method == nullptr || !method->for_operator()) return unknown_verb(catalog, words[0], words[1]);
  return run_method(*method, words[0] + " " + words[1], {line.globals, {words.begin() + 2, words.end()}}, session);
}

Result<int> run(const CommandLine& line) {
  if (!line.words.empty() && line.words[0] == "--version") {
    print(std::string("hive-c0re ") + HIVE_VERSION + ", plugin ABI " + std::to_string(abi::kMajor) + "." +
          std::to_string(abi::kMinor) + "\n");
    return 0;
  }
  if (line.words.empty() || line.words[0] == "help") {
    auto offer = find_offer(line.globals);
    print(overview(offer ? offer->catalog : Catalog::built_in()));
    return line.words.empty() && !line.globals.help ? form_of(Code::invalid_params).exit : 0;
  }
  for (const auto& builtin : kBuiltins) {
    if (builtin.name != line.words[0]) continue;
    Invocation invocation{line.globals, {line.words.begin() + 1, line.words.end()}};
    if (line.globals.help) invocation.words.push_back("--help");
    return builtin.run(invocation);
  }
  return run_offered(line);
}

}  // namespace

int report(const Error& failure, const Globals& globals) {
  if (globals.output == Output::json)
    remark(write_json(
               json::object{{"error", {{"code", name_of(failure.code)}, {"message", json::string(failure.message)}}}}) +
           "\n");
  else
    remark("hive-c0re: " + visible(failure.message, Lines::keep) + "\n");
  return form_of(failure.code).exit;
}

std::span<const Builtin> builtins() {
  return kBuiltins;
}

}  // namespace cli

int run_cli(int count, char** arguments) {
  const auto line = cli::take_globals(count, arguments);
  if (!line) return cli::report(line.error(), {});
  const auto code = cli::run(*line);
  // A reader that went away (`| head`) has what it wanted.
  if (std::ferror(stdout) != 0 && errno != EPIPE) {
    cli::remark("hive-c0re: the output cannot be written; look whether the disk is full\n");
    return cli::kOutputFailed;
  }
  return code ? *code : cli::report(code.error(), line->globals);
}

}  // namespace hive::host
