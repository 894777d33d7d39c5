// `docs FOLDER`: writes the reference pages. For the project itself, so not in the help.
#include <hive/sdk/plugin.hpp>
#include <installation.hpp>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include "command.hpp"
#include "reference.hpp"

namespace hive::host::cli {
namespace {

namespace fs = std::filesystem;

/// The schema with what each member is when it is left out.
template <class T>
json::object schema_with_defaults() {
  auto out = schema<T>();
  detail::add_defaults(out, encode_value(T{}));
  return out;
}

Result<std::vector<SettingsTable>> settings_tables() {
  std::vector<SettingsTable> out{
      {"host", "The host itself.", schema_with_defaults<HostSettings>()},
      {"claude", "The Claude CLI and its credential, for all agents.", schema_with_defaults<agent::ClaudeSettings>()},
      {"plugins.ID", "What every plugin's table may have beside the plugin's own settings.",
       schema_with_defaults<PluginKeys>()}};
  const auto manifests = installed_manifests();
  if (!manifests) return manifests.error();
  for (const auto& manifest : *manifests) {
    auto described = parse_json(manifest.settings.empty() ? "{}" : manifest.settings);
    if (!described || !described->is_object())
      return error(Code::internal,
                   "the plugin " + manifest.id + ": its settings are not a JSON object; build it again");
    out.push_back({"plugins." + manifest.id, "Plugin `" + manifest.id + "`.", described->get_object()});
  }
  return out;
}

/// What a command prints for --help.
std::string help_of(const Builtin& builtin) {
  std::ostringstream caught;
  auto* const before = std::cout.rdbuf(caught.rdbuf());
  const auto ran = builtin.run({{}, {"--help"}});
  std::cout.rdbuf(before);
  return ran ? caught.str() : ran.error().message;
}

std::vector<CommandPage> command_pages(const Catalog& catalog) {
  std::vector<CommandPage> out;
  for (const auto& method : catalog.methods()) {
    if (!method.for_operator()) continue;
    const auto called = method.alias.empty() ? method.role() + " " + method.verb() : method.alias;
    out.push_back({called, method_help(method, {called, method.doc, ""})});
  }
  for (const auto& builtin : builtins()) {
    if (builtin.shown != Builtin::Shown::in_help) continue;
    std::erase_if(out, [&](const auto& page) { return page.name == builtin.name; });
    out.push_back({std::string(builtin.name), help_of(builtin)});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

Status write_page(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) return error(Code::unavailable, file.string() + ": cannot be written; name a folder that is there");
  return {};
}

Status write_pages(const fs::path& folder) {
  const auto catalog = Catalog::built_in();
  const auto tables = settings_tables();
  if (!tables) return tables.error();
  if (auto done = write_page(folder / "methods.md", methods_page(catalog, built_in_topics())); !done) return done;
  if (auto done = write_page(folder / "configuration.md", configuration_page(*tables)); !done) return done;
  return write_page(folder / "cli.md", cli_page(overview(catalog), command_pages(catalog)));
}

}  // namespace

Result<std::vector<Manifest>> installed_manifests() {
  std::vector<fs::path> files;
  for (const auto& folder : default_options().plugin_folders) {
    std::error_code failure;  // an installation without plugins has no manifests
    for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure))
      if (at->path().extension() == ".toml") files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Manifest> out;
  for (const auto& file : files) {
    auto manifest = read_manifest(file);
    if (!manifest) return manifest.error();
    out.push_back(std::move(*manifest));
  }
  return out;
}

Result<int> run_docs(const Invocation& invocation) {
  std::string folder;
  const CommandHelp help{"docs", "Writes methods.md, configuration.md and cli.md into a folder.", ""};
  const auto parsed = parse_words(help, invocation.words, [&](CLI::App& app) {
    app.add_option("folder", folder, "an existing folder")->required();
  });
  if (!parsed) return parsed.error();
  if (*parsed == Parsed::helped) return 0;
  if (const auto written = write_pages(folder); !written) return written.error();
  return 0;
}

}  // namespace hive::host::cli
