#include <hive/sdk/contracts/journal.hpp>

namespace hive::journal {

Fields fields(Of<Read>) {
  static constexpr auto kShape = shape(
      field<&Read::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
      field<&Read::unit>("unit", "hive-ag3nt.service or hive-m1nd.service; absent: everything").max_bytes(64),
      field<&Read::lines>("lines", "how many lines at most").between(1, 5'000).defaulted(),
      field<&Read::cursor>("cursor", "only lines after this cursor; absent: the newest lines").between(0, kMaxInteger));
  return kShape;
}

Fields fields(Of<Follow>) {
  static constexpr auto kShape =
      shape(field<&Follow::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&Follow::unit>("unit", "hive-ag3nt.service or hive-m1nd.service; absent: everything").max_bytes(64),
            field<&Follow::cursor>("cursor", "cursor of the last line that was read").between(0, kMaxInteger),
            field<&Follow::wait_seconds>("wait_seconds", "how long to wait for a line").between(0, 180).defaulted());
  return kShape;
}

}  // namespace hive::journal
