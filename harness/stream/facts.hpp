#pragma once
#include <hive/sdk/contracts/turns.hpp>

#include "stream/line.hpp"

#include <map>
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

/// What one run of the CLI said, gathered line by line. The only reader of the stream's fields.
class RunFacts {
 public:
  /// [any-thread]
  void add(const StreamLine& line);

  const std::optional<ResultLine>& result() const { return result_; }
  const std::vector<ToolCall>& tool_calls() const { return tool_calls_; }
  std::map<std::string, std::int64_t> calls_by_tool() const;
  /// Ids of the hive's `recv` calls.
  std::vector<std::string> receives() const;
  /// Of those, the ones whose answer the model did not get whole: their messages go back. The CLI keeps a large one
  /// from its model and shows where it saved it instead, which is no error to it.
  std::vector<std::string> unseen_receives() const;
  /// Of all results: input, output and cache tokens and their price in USD.
  const turns::Usage& usage() const { return usage_; }
  double cost() const { return cost_; }
  /// Tokens that the last model call read; nothing before the first.
  std::optional<std::int64_t> context_tokens() const { return context_tokens_; }
  std::int64_t context_window() const { return context_window_; }
  std::int64_t turns() const { return turns_; }
  const std::string& model() const { return model_; }
  const std::string& session() const { return session_; }
  /// The CLI got as far as a session, so it could read its own files.
  bool began() const { return began_; }
  bool compacted() const { return compacted_; }
  /// The kind of API error that the last synthetic assistant line named, like `rate_limit`.
  const std::string& api_error() const { return api_error_; }
  /// When the vendor's limit resets, if it refused.
  std::optional<Time> limited_until() const { return limited_until_; }
  /// The hive's server did not connect: the model runs without its tools.
  bool lacks_tools() const { return lacks_tools_; }
  /// One line on what it was doing last, for people; empty at first.
  const std::string& activity() const { return activity_; }

 private:
  void add_init(const boost::json::value& line);
  void add_assistant(const boost::json::value& line);
  void add_user(const boost::json::value& line);
  void add_result(const boost::json::value& line);
  void add_rate_limit(const boost::json::value& line);
  void add_spending(const boost::json::value& line);

  std::optional<ResultLine> result_;
  std::vector<ToolCall> tool_calls_;
  turns::Usage usage_;
  double cost_ = 0;
  std::optional<std::int64_t> context_tokens_;
  std::int64_t context_window_ = 0, turns_ = 0;
  std::string model_, session_, api_error_, activity_;
  std::optional<Time> limited_until_;
  bool began_ = false, compacted_ = false, lacks_tools_ = false;
};

}  // namespace hive::harness
