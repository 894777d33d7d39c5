#pragma once
#include "arguments.hpp"

#include <hive/sdk/contracts/unreadable.hpp>

#include <span>

namespace hive::host::cli {

/// One command as it was called: `words` are those after its name.
struct Invocation {
  Globals globals;
  std::vector<std::string> words;

  bool json() const { return globals.output == Output::json; }
};

/// A command that is more than one method call. Gives the exit code, or the error to print.
struct Builtin {
  enum class Shown { in_help, hidden };
  std::string_view name, usage, summary;
  Result<int> (*run)(const Invocation&);
  Shown shown = Shown::in_help;
};
std::span<const Builtin> builtins();

Result<int> run_inbox(const Invocation& invocation);
Result<int> run_call(const Invocation& invocation);
Result<int> run_events(const Invocation& invocation);
Result<int> run_logs(const Invocation& invocation);
Result<int> run_shutdown(const Invocation& invocation);
Result<int> run_completion(const Invocation& invocation);
Result<int> run_doctor(const Invocation& invocation);
Result<int> run_docs(const Invocation& invocation);
Result<int> run_wire(const Invocation& invocation);
Result<int> run_plugin(const Invocation& invocation);
Result<int> run_complete(const Invocation& invocation);

/// Any method of the host's as a command; `shown_as` is how it was called, like `broker send`. `session` is null
/// when no host was found; another try is made then.
Result<int> run_method(const MethodEntry& method, const std::string& shown_as, const Invocation& invocation,
                       Session* session);

/// The words that teach: `hive-c0re --help`.
std::string overview(const Catalog& catalog);
/// What a role can do: `hive-c0re broker`.
std::string role_overview(const Catalog& catalog, std::string_view role);

/// Prints a JSON value on one line.
void print_line(const json::value& value);
/// Prints text as it is.
void print(std::string_view text);
/// False once something could not be printed: who goes on for ever ends then, and the program says why.
bool is_output_open();
/// Progress and remarks, on standard error.
void remark(std::string_view text);
/// The same about rows that an answer lacks, where it lacks some.
void remark(const LeftOut& left_out);

}  // namespace hive::host::cli
