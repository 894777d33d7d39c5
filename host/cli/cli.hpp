#pragma once
#include "globals.hpp"

namespace hive::host {

namespace cli {
/// Prints the error as everywhere, in the form that was asked for; gives its exit code.
int report(const Error& failure, const Globals& globals);
}  // namespace cli

/// Every subcommand of hive-c0re but `serve`, `plugin-host` and `config`. Gives the exit code: 0, that of
/// the error (hive::form_of), or 1 when `doctor` found something. [blocking]
int run_cli(int count, char** arguments);

}  // namespace hive::host
