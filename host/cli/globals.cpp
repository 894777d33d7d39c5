#include "globals.hpp"

#include <cstdlib>

namespace hive::host::cli {
namespace {

constexpr std::string_view kRoot = "--root";

/// An absolute path, so that messages and the host name the same folder.
std::filesystem::path absolute(const std::filesystem::path& path) {
  std::error_code failure;
  auto canonical = std::filesystem::weakly_canonical(path, failure);
  return failure ? path : canonical;
}

}  // namespace

std::filesystem::path default_root() {
  const char* named = std::getenv("HYPERHIVE_ROOT");
  if (named != nullptr && *named != '\0') return absolute(named);
  std::error_code ignored;  // what cannot be looked at is not there
  if (std::filesystem::is_directory(".hive", ignored)) return absolute(".hive");
  return "/var/lib/hyperhive";
}

Result<CommandLine> take_globals(int count, char** arguments) {
  CommandLine line;
  for (int i = 1; i < count; ++i) {
    const std::string word = arguments[i];
    if (word == "--") {
      line.words.insert(line.words.end(), arguments + i, arguments + count);
      break;
    }
    if (word == kRoot && i + 1 == count)
      return error(Code::invalid_params, "--root: wanted a folder after it, like --root .hive");
    if (word == kRoot)
      line.globals.root = absolute(arguments[++i]);
    else if (word.starts_with("--root="))
      line.globals.root = absolute(word.substr(kRoot.size() + 1));
    else if (word == "--json")
      line.globals.output = Output::json;
    else if (word == "--no-wait")
      line.globals.await = Await::acceptance;
    else if (word == "--help" || word == "-h")
      line.globals.help = true;
    else
      line.words.push_back(word);
  }
  if (line.words.size() > 1 && line.words[0] == "help") {
    line.words.erase(line.words.begin());
    line.globals.help = true;
  }
  if (line.globals.root.empty()) line.globals.root = default_root();
  return line;
}

}  // namespace hive::host::cli
