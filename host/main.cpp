#include "cli.hpp"
#include "config_command.hpp"
#include "plugin_host.hpp"
#include "serve.hpp"

#include <string_view>

namespace {

int run_own(const hive::host::cli::CommandLine& line, std::string_view verb) {
  std::vector<std::string> words(line.words.begin() + 1, line.words.end());
  if (line.globals.help) words.emplace_back("--help");
  if (verb == "serve") return hive::host::serve(line.globals.root, std::move(words));
  const bool json = line.globals.output == hive::host::cli::Output::json;
  const auto code = hive::host::config_command(line.globals.root, std::move(words),
                                               json ? hive::host::Form::json : hive::host::Form::text);
  return code ? *code : hive::host::cli::report(code.error(), line.globals);
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1 && std::string_view(arguments[1]) == "plugin-host")
    return hive::host::run_plugin_host(count - 1, arguments + 1);
  const auto line = hive::host::cli::take_globals(count, arguments);
  const std::string_view verb = line && !line->words.empty() ? std::string_view(line->words[0]) : "";
  if (verb == "serve" || verb == "config") return run_own(*line, verb);
  return hive::host::run_cli(count, arguments);
}
