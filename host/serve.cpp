#include "serve.hpp"

#include "app.hpp"
#include "breadcrumb.hpp"
#include "installation.hpp"

#include <hive/sdk/errors.hpp>
#include <hive/sqlite/database.hpp>

#include <malloc.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace hive::host {
namespace {

int refuse(const Error& why) {
  std::fprintf(stderr, "hive-c0re: %s\n", why.message.c_str());
  return form_of(why.code).exit;
}

/// Few arenas and prompt return of memory: an idle host stays small.
void keep_memory_small() {
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_TRIM_THRESHOLD, 256 << 10);
  sqlite::take_pages_one_by_one();
}

/// Nothing when the words ask for no start; then `code` is the exit code.
std::optional<AppOptions> options_from(std::vector<std::string> words, int& code) {
  CLI::App cli("Runs the host until SIGTERM; agents go on without it.", "hive-c0re serve");
  auto options = default_options();
  cli.add_option("--config", options.config.file,
                 "hive.toml; without it ROOT/hive.toml, then /etc/hyperhive/hive.toml");
  cli.add_option("--set", options.config.given, "KEY=VALUE, wins over the file; may be repeated")->take_all();
  std::filesystem::path plugins;
  cli.add_option("--plugins", plugins, "the folder with plugins, in place of the installation's own");
  std::reverse(words.begin(), words.end());
  try {
    cli.parse(words);
    if (!plugins.empty()) options.plugin_folders = {plugins};
    return options;
  } catch (const CLI::ParseError& wrong) {
    const auto refusal = "serve: " + std::string(wrong.what()) + "; `hive-c0re serve --help` shows how it is used";
    code = wrong.get_exit_code() == 0 ? cli.exit(wrong) : refuse(error(Code::invalid_params, refusal));
    return {};
  }
}

int run(App& app) {
  if (auto started = app.start(); !started) {
    const int code = refuse(started.error());
    if (!app.stop()) std::_Exit(code);
    return code;
  }
  const auto info = app.info();
  std::printf("ready root=%s pid=%lld start_ms=%lld\n", info.root.c_str(), static_cast<long long>(info.pid),
              static_cast<long long>(info.start_ms));
  std::fflush(stdout);
  app.wait();
  app.prepare_stop({});
  if (!app.stop()) std::_Exit(form_of(Code::internal).exit);  // frames of the hanging plugin are in use
  return 0;
}

}  // namespace

int serve(const std::filesystem::path& root, std::vector<std::string> words) {
  int code = 0;
  auto options = options_from(std::move(words), code);
  if (!options) return code;
  options->root = root;
  keep_memory_small();
  ::umask(0027);  // databases are nobody else's; the group is for `applied`, which the manager reads
  std::signal(SIGPIPE, SIG_IGN);
  Breadcrumb::watch_signals();
  if (options->config.file.empty()) options->config.file = default_config(root);
  auto app = App::open(std::move(*options));
  if (!app) return refuse(app.error());
  return run(**app);
}

}  // namespace hive::host
