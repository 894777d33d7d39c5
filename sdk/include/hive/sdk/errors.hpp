#pragma once
#include <hive/sdk/result.hpp>

namespace hive {

/// What one code is called in each protocol. The only place where these numbers stand.
struct ErrorForm {
  Code code;
  std::string_view name;
  int json_rpc;  // JSON-RPC 2.0 `error.code`; its own range where it has a number for the case
  int http;      // status
  int exit;      // exit code of hive-c0re; 64..78 are those of sysexits.h
};

/// The form of a code; for a number that is none, that of `internal`. Lives as long as the program. [any-thread]
const ErrorForm& form_of(Code code);

/// The code that a peer named in `error.data.code`; `internal` for a name of a later version. [any-thread]
Code code_named(std::string_view name);

}  // namespace hive
