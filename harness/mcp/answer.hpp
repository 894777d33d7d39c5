#pragma once
#include "mcp/tools.hpp"

#include <cstddef>
#include <string>
#include <string_view>

/// What a model is told of a call's result. All [any-thread].
namespace hive::harness {

/// Bytes of an answer, so also at most as many characters. What the CLI shows its model in one piece once the tool
/// has asked for it; of a longer answer the model would see the beginning, or the name of a file.
inline constexpr std::size_t kMostAnswer = 60'000;

/// What the harness itself takes of a tool whose answer is in lines.
struct Lines {
  std::optional<std::int64_t> skip;
};
constexpr auto fields(Of<Lines>) {
  return shape(field<&Lines::skip>("skip", "how many lines to leave out; the end of an answer that was cut says it")
                   .between(0, kMaxInteger));
}

/// `result` in words: the tool's own sentence with `{member}` replaced, or its lines, else the JSON itself. At most
/// kMostAnswer; what is left out is counted, and how to ask for it is said.
std::string answer_text(const HostTool& tool, std::string_view result, const Lines& lines = {});

/// `text`, or its beginning and how to ask for the rest.
std::string bounded(const HostTool& tool, std::string text);

}  // namespace hive::harness
