#include "loop/serve.hpp"
#include "mcp/serve.hpp"

#include <cstdio>
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

}  // namespace

int main(int count, char** arguments) {
  const std::string_view verb = count > 1 ? arguments[1] : "";
  if (verb == "--help" || verb == "help") return print_help(stdout, arguments[0]), 0;
  if (verb == "--version") return std::puts(HIVE_VERSION), 0;
  if (verb.empty()) return print_help(stderr, arguments[0]), kUsageError;
  if (verb == "replay" && count == 3) return hive::harness::replay(arguments[2]);
  auto options = hive::harness::parse_options(kRole, std::span(arguments, std::size_t(count)).subspan(2));
  if (!options) return std::fprintf(stderr, "%s: %s\n", arguments[0], options.error().message.c_str()), kUsageError;
  if (verb == "serve") return hive::harness::serve_turns(*options);
  if (verb == "mcp") return hive::harness::serve_mcp(*options);
  std::fprintf(stderr, "%s: unknown command %s; --help lists what there is\n", arguments[0], arguments[1]);
  return kUsageError;
}
