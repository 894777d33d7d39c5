#pragma once
#include <hive/sdk/contracts/page.hpp>

#include "stream/line.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hive::harness {

/// The hive's MCP server as the CLI names it, and what its tools' names begin with there.
inline constexpr std::string_view kServerName = "hyperhive";
inline constexpr std::string_view kToolPrefix = "mcp__hyperhive__";

struct ToolCall {
  std::string id, name;
  std::string to;         // recipient of a `send`, else empty
  bool answered = false;  // a result was seen
  bool failed = false;    // that result was an error
  bool is_mail = false;   // that result is the whole answer of a `recv`
};

/// The last `result` line of a run.
struct ResultLine {
  bool is_error = false;
  std::string subtype, terminal_reason;
  std::string text;                    // the answer, or the error in the CLI's words
  std::optional<std::int64_t> status;  // HTTP, of an API error
};

/// Counts a message by who is at the other end.
void add_peer(page::ByPeer& counts, std::string_view name);

/// What one run of the CLI said, gathered line by line. The only reader of the stream's fields.
struct RunFacts {
  std::optional<ResultLine> result;
  std::vector<ToolCall> tool_calls;
  /// The run in figures, as far as it says them itself: model, session, tokens and cost of all results, tools, messages
  /// sent.
  page::TurnStat stat;
  /// Tokens that the last model call read; nothing before the first.
  std::optional<std::int64_t> context_tokens;
  /// The kind of API error that the last synthetic assistant line named, like `rate_limit`.
  std::string api_error;
  /// One line on what it was doing last, for people; empty at first.
  std::string activity;
  /// When the vendor's limit resets, if it refused.
  std::optional<Time> limited_until;
  /// The CLI got as far as a session, so it could read its own files.
  bool began = false;
  /// The hive's server did not connect: the model runs without its tools.
  bool lacks_tools = false;

  /// [any-thread]
  void add(const StreamLine& line);
  /// Ids of the hive's `recv` calls.
  std::vector<std::string> receives() const;
  /// Of those, the ones whose answer the model did not get whole: their messages go back. The CLI keeps a large one
  /// from its model and shows where it saved it instead, which is no error to it.
  std::vector<std::string> unseen_receives() const;
};

}  // namespace hive::harness
