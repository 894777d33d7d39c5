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
constexpr auto fields(Of<Read>) {
  return shape(
      field<&Read::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
      field<&Read::unit>("unit", "hive-ag3nt.service or hive-m1nd.service; absent: everything").max_bytes(64),
      field<&Read::lines>("lines", "how many lines at most").between(1, 5'000).defaulted(),
      field<&Read::cursor>("cursor", "only lines after this cursor; absent: the newest lines").between(0, kMaxInteger));
}
inline constexpr Method<Read, runtime::LogLines> kRead{.name = "journal.read",
                                                       .callers = Who::operators,
                                                       .doc = "Lines that an agent's processes wrote.",
                                                       .cli = {.positional = "name"}};

struct Follow {
  std::string name;
  std::optional<std::string> unit;
  std::int64_t cursor = 0;
  std::int64_t wait_seconds = 30;
};
constexpr auto fields(Of<Follow>) {
  return shape(
      field<&Follow::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
      field<&Follow::unit>("unit", "hive-ag3nt.service or hive-m1nd.service; absent: everything").max_bytes(64),
      field<&Follow::cursor>("cursor", "cursor of the last line that was read").between(0, kMaxInteger),
      field<&Follow::wait_seconds>("wait_seconds", "how long to wait for a line").between(0, 180).defaulted());
}
inline constexpr Method<Follow, runtime::LogLines> kFollow{.name = "journal.follow",
                                                           .callers = Who::operators,
                                                           .doc = "Waits for lines after a cursor.",
                                                           .deadline = std::chrono::milliseconds(185'000)};

}  // namespace hive::journal
