#pragma once
#include <hive/sdk/contracts/runtime.hpp>

/// Role `journal`: what the processes in a container wrote.
namespace hive::journal {

struct Read {
  std::string name;
  std::optional<std::string> unit;
  std::int64_t lines = 200;
  std::optional<std::int64_t> cursor;
};
Fields fields(Of<Read>);
inline constexpr Method<Read, runtime::LogLines> kRead{.name = "journal.read",
                                                       .callers = Who::operators,
                                                       .doc = "Lines that an agent's processes wrote.",
                                                       .cli = {.positional = "name"},
                                                       .http = {"GET", "/api/journal/{name}"}};

struct Follow {
  std::string name;
  std::optional<std::string> unit;
  std::int64_t cursor = 0;
  std::int64_t wait_seconds = 30;
};
Fields fields(Of<Follow>);
inline constexpr Method<Follow, runtime::LogLines> kFollow{.name = "journal.follow",
                                                           .callers = Who::operators,
                                                           .doc = "Waits for lines after a cursor.",
                                                           .deadline = std::chrono::milliseconds(185'000)};

}  // namespace hive::journal
