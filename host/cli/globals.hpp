#pragma once
#include <hive/sdk/result.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace hive::host::cli {

enum class Output { human, json };
/// Whether an action that takes long is watched until its end.
enum class Await { end, acceptance };

/// What every command understands, wherever it stands on the line.
struct Globals {
  std::filesystem::path root;
  Output output = Output::human;
  Await await = Await::end;
  bool help = false;

  std::filesystem::path socket() const { return root / "run" / "host.sock"; }
};

/// A command line without the global options; `words[0]` is the command.
struct CommandLine {
  Globals globals;
  std::vector<std::string> words;
};

/// Takes the global options off the line; after `--` all is left alone. `help VERB` is `VERB --help`.
/// Errors: invalid_params (--root without a folder).
Result<CommandLine> take_globals(int count, char** arguments);

/// $HYPERHIVE_ROOT, else ./.hive if it is there, else /var/lib/hyperhive.
std::filesystem::path default_root();

}  // namespace hive::host::cli
