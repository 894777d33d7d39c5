#include <hive/sdk/contracts/journal.hpp>

namespace hive::journal {

Fields fields(Of<Read>) {
  static constexpr auto kShape =
      shape(field<&Read::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&Read::unit>("unit",
                               "unit that wrote the lines: hive-ag3nt.service or hive-m1nd.service; absent: every unit")
                .max_bytes(64),
            field<&Read::lines>("lines", "lines to read at most").between(1, 5'000).defaulted(),
            field<&Read::cursor>("cursor", "cursor of a line; only later lines are read; absent: the newest lines")
                .between(0, kMaxInteger));
  return kShape;
}

Fields fields(Of<Follow>) {
  static constexpr auto kShape =
      shape(field<&Follow::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&Follow::unit>(
                "unit", "unit that writes the lines: hive-ag3nt.service or hive-m1nd.service; absent: every unit")
                .max_bytes(64),
            field<&Follow::cursor>("cursor", "cursor of the last line that was read").between(0, kMaxInteger),
            field<&Follow::wait_seconds>("wait_seconds", "seconds to wait for a line when none is there")
                .between(0, 180)
                .defaulted());
  return kShape;
}

}  // namespace hive::journal
