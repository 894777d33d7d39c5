#include "config_command.hpp"

#include "config_view.hpp"
#include "installation.hpp"

#include <hive/sdk/errors.hpp>

#include <CLI/CLI.hpp>
#include <cstdio>

namespace hive::host {
namespace {

/// Plugins that are found and asked, and never started.
struct Bench {
  explicit Bench(const AppOptions& options, const Config& config)
      : plugins({io, spare, methods, router, hub, log}, set_options(options, config)) {
    plugins.find(config);
  }
  static PluginSetOptions set_options(const AppOptions& options, const Config& config) {
    PluginSetOptions out{.folders = options.plugin_folders, .isolated = Load::code};
    out.make = {.root = options.root, .share = options.share};
    for (const auto& folder : config.host().plugin_dirs) out.folders.emplace_back(folder);
    return out;
  }

  SpareThreads spare{0};
  boost::asio::io_context io;
  MethodTable methods;
  Router router{io, methods};
  EventHub hub;
  Log log{abi::Level::error};
  PluginSet plugins;
};

int check(const Bench& bench, const Config& config, const std::string& file, Form form) {
  const auto wrong = bench.plugins.check(config);
  const int code = wrong.empty() ? 0 : form_of(Code::invalid_params).exit;
  if (form == Form::json) {
    json::object out{{"ok", wrong.empty()}, {"file", json::string(file)}, {"findings", json::array{}}};
    for (const auto& sentence : wrong) out["findings"].as_array().emplace_back(json::string(sentence));
    std::printf("%s\n", write_json(out).c_str());
    return code;
  }
  for (const auto& sentence : wrong) std::fprintf(stderr, "%s\n", sentence.c_str());
  if (wrong.empty()) std::printf("%s is valid\n", file.empty() ? "the default configuration" : file.c_str());
  return code;
}

void show_text(const std::vector<Setting>& settings) {
  std::string table;
  for (const auto& setting : settings) {
    if (setting.table != table) std::printf("%s[%s]\n", table.empty() ? "" : "\n", setting.table.c_str());
    table = setting.table;
    const bool unset = setting.value.is_null();
    std::printf("%s%s = %s  # %s\n", unset ? "# " : "", setting.key.c_str(),
                unset ? "(not set)" : write_json(setting.value).c_str(), setting.origin.c_str());
  }
}

void show_json(const std::vector<Setting>& settings) {
  json::array rows;
  for (const auto& setting : settings)
    rows.push_back(
        {{"table", setting.table}, {"key", setting.key}, {"value", setting.value}, {"origin", setting.origin}});
  std::printf("%s\n", write_json(rows).c_str());
}

}  // namespace

Result<int> config_command(const std::filesystem::path& root, std::vector<std::string> words, Form form) {
  CLI::App cli("Looks at the configuration without starting anything.", "hive-c0re config");
  cli.fallthrough();  // before the subcommands, which inherit it
  Config::Source source;
  cli.add_option("--config", source.file, "hive.toml; without it ROOT/hive.toml, then /etc/hyperhive/hive.toml");
  cli.add_option("--set", source.given, "KEY=VALUE, wins over the file; may be repeated")->take_all();
  const auto* checks = cli.add_subcommand("check", "Names each error with file and line; the exit code is then 64.");
  cli.add_subcommand("show", "Shows every setting that is in effect and where it comes from.");
  cli.require_subcommand(1);
  std::reverse(words.begin(), words.end());
  try {
    cli.parse(words);
  } catch (const CLI::ParseError& wrong) {
    if (wrong.get_exit_code() == 0) return cli.exit(wrong);
    return error(Code::invalid_params,
                 "config: " + std::string(wrong.what()) + "; `hive-c0re config --help` shows how it is used");
  }
  auto options = default_options();
  options.root = root;
  if (source.file.empty()) source.file = default_config(root);
  const auto config = Config::load(source);
  if (!config) return config.error();
  const Bench bench(options, *config);
  if (checks->parsed()) return check(bench, *config, source.file.string(), form);
  const auto settings = effective_settings(*config, bench.plugins.known());
  if (form == Form::json)
    show_json(settings);
  else
    show_text(settings);
  return 0;
}

}  // namespace hive::host
