#pragma once
#include "catalog.hpp"

#include <functional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
class Option;
}  // namespace CLI

namespace hive::host::cli {

/// Whether a command goes on after its words were read, or only its help was wanted.
enum class Parsed { go, helped };

/// Reads `words` (without the command's name) into what `declare` bound to the parser. `name` and
/// `summary` head the help, `examples` end it.
struct CommandHelp {
  std::string name, summary, examples;
};
Result<Parsed> parse_words(const CommandHelp& help, const std::vector<std::string>& words,
                           const std::function<void(CLI::App&)>& declare);
/// The help text of the same.
std::string help_text(const CommandHelp& help, const std::function<void(CLI::App&)>& declare);

/// What a method's own command line gave: the params, or that only help was printed.
struct MethodWords {
  Parsed parsed = Parsed::go;
  json::object params;
};
/// Options and places made from the schema of the method's params.
///
/// A string in its place that is `-` is read from standard input. Objects and untyped members are taken
/// as JSON. Errors: invalid_params, naming the option.
Result<MethodWords> parse_method(const MethodEntry& method, const CommandHelp& help,
                                 const std::vector<std::string>& words);
std::string method_help(const MethodEntry& method, const CommandHelp& help);

/// Takes one of `choices` alone, and shows them in the place of a type. The option lives as long as its parser.
CLI::Option* check_choice(CLI::Option* option, const std::vector<std::string>& choices);

/// Both are taken too; kMaxInteger: no limit worth a word.
struct Bounds {
  std::int64_t least = 0, most = 0;
};
/// Takes whole numbers within `bounds` alone, which its description then says, as those of N.
CLI::Option* check_range(CLI::Option* option, const Bounds& bounds);

/// `in_reply_to` → `--in-reply-to`
std::string option_name(std::string_view member);

}  // namespace hive::host::cli
