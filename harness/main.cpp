#include "loop/serve.hpp"
#include "mcp/serve.hpp"

#include <cstdio>
#include <span>
#include <string_view>

namespace {

constexpr hive::Who kRole = hive::Who::HIVE_ROLE;
constexpr int kUsageError = 64;  // EX_USAGE of sysexits.h

void print_help(std::FILE* to, const char* program) {
  std::fprintf(to,
               "usage: %s serve [FLAGS]      runs the agent's turns; the container's first process\n"
               "       %s mcp [FLAGS]        the MCP server that the CLI starts, on standard input and output\n"
               "       %s replay FILE        shows what a recorded run of the CLI becomes\n"
               "\n"
               "flags (and the variable that each is read from):\n%s",
               program, program, program, hive::harness::options_help().c_str());
}

using Arguments = std::span<char* const>;

bool asks_for_help(Arguments arguments) {
  for (const std::string_view argument : arguments)
    if (argument == "--help" || argument == "-h") return true;
  return false;
}

template <class... Words>
int refuse(const char* program, const char* form, Words... words) {
  std::fprintf(stderr, "%s: ", program);
  std::fprintf(stderr, form, words...);
  std::fputs("; --help lists what there is\n", stderr);
  return kUsageError;
}

int replay(const char* program, Arguments arguments) {
  if (arguments.size() != 1) return refuse(program, "replay takes one file, not %zu", arguments.size());
  if (arguments[0][0] == '-') return refuse(program, "unknown argument %s", arguments[0]);
  return hive::harness::replay(arguments[0]);
}

int run(const char* program, int (*command)(const hive::harness::Options&), Arguments arguments) {
  const auto options = hive::harness::parse_options(kRole, arguments);
  if (options) return command(*options);
  std::fprintf(stderr, "%s: %s\n", program, options.error().message.c_str());
  return kUsageError;
}

}  // namespace

int main(int count, char** given) {
  const char* program = given[0];
  const auto arguments = Arguments(given, std::size_t(count)).subspan(count > 0 ? 1 : 0);
  if (arguments.empty()) return print_help(stderr, program), kUsageError;
  const std::string_view verb = arguments[0];
  if (verb == "help" || asks_for_help(arguments)) return print_help(stdout, program), 0;
  if (verb == "--version") return std::puts(HIVE_VERSION), 0;
  if (verb == "replay") return replay(program, arguments.subspan(1));
  if (verb == "serve") return run(program, hive::harness::serve_turns, arguments.subspan(1));
  if (verb == "mcp") return run(program, hive::harness::serve_mcp, arguments.subspan(1));
  return refuse(program, "unknown command %s", given[1]);
}
