#include "event/bus.hpp"
#include "json_read.hpp"
#include "loop/serve.hpp"
#include "stream/judge.hpp"

#include <cstdio>
#include <fstream>

namespace hive::harness {

int replay(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return std::fprintf(stderr, "%s cannot be read\n", file.c_str()), 66;  // EX_NOINPUT
  EventBus bus({}, [](const std::string&) {});                                    // without a store: nothing is kept
  bus.subscribe([](const LiveEvent& event) {
    std::printf("%lld %s %s\n", static_cast<long long>(event.seq), event.kind.c_str(), event.payload.c_str());
  });
  RunFacts facts;
  for (std::string text; std::getline(in, text);) {
    const auto line = parse_stream_line(text);
    bus.publish("stream", json_of(line, text));
    facts.add(line);
  }
  const auto verdict = judge(facts, {.exited = true});
  const json::object end{{"result", result_kind(verdict.outcome)},
                         {"reason", verdict.reason},
                         {"tool_calls", facts.tool_calls.size()},
                         {"cost_usd", facts.stat.cost_usd},
                         {"session", facts.stat.session_id}};
  bus.publish("turn_end", json::serialize(end));
  return 0;
}

}  // namespace hive::harness
