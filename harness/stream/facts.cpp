#include "stream/facts.hpp"

#include <hive/utf8/utf8.hpp>

#include "base/foreign_json.hpp"
#include "json_read.hpp"

#include <algorithm>

namespace hive::harness {
namespace {

constexpr std::size_t kActivityBytes = 160;
constexpr std::string_view kSyntheticModel = "<synthetic>";

/// The first line of `text`, cut between characters.
std::string first_line(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  const auto shown = utf8::beginning_of(text, kActivityBytes);
  return std::string(shown) + (shown.size() < text.size() ? "…" : "");
}

std::string join(const json::array& texts) {
  std::string joined;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) joined += "; ";
    joined += text_of(&texts[i]);
  }
  return joined;
}

/// What the model was shown of a tool's answer.
std::string shown_text(const json::value& block) {
  std::string text(text_at(block, "content"));
  for (const auto& part : array_at(block, "content")) text += text_at(part, "text");
  return text;
}

/// Our own server's answer to a `recv`, to its end. What the CLI says in place of one, or cuts, is something else.
bool is_mail(const json::value& block) {
  const auto value = read_foreign(shown_text(block), TooDeep::leave_out);
  const auto* messages = value ? member(*value, "messages") : nullptr;
  return messages != nullptr && messages->is_array();
}

bool is_receive(const ToolCall& call) {
  return call.name == std::string(kToolPrefix) + "recv";
}

void add_init(RunFacts& facts, const json::value& line) {
  facts.began = true;
  facts.stat.session_id = text_at(line, "session_id");
  facts.stat.model = text_at(line, "model");
  for (const auto& server : array_at(line, "mcp_servers"))
    if (text_at(server, "name") == kServerName) facts.lacks_tools = text_at(server, "status") == "failed";
}

void add_assistant(RunFacts& facts, const json::value& line) {
  const auto* message = member(line, "message");
  if (message == nullptr) return;
  if (text_at(*message, "model") == kSyntheticModel) {
    facts.api_error = text_at(line, "error");
  } else if (text_at(line, "parent_tool_use_id").empty()) {
    const auto& usage = object_at(*message, "usage");
    facts.context_tokens = integer_at(usage, "input_tokens").value_or(0) +
                           integer_at(usage, "cache_read_input_tokens").value_or(0) +
                           integer_at(usage, "cache_creation_input_tokens").value_or(0);
  }
  for (const auto& block : array_at(*message, "content")) {
    const auto type = text_at(block, "type");
    if (type == "text") facts.activity = "said: " + first_line(text_at(block, "text"));
    if (type != "tool_use") continue;
    ToolCall call{.id = std::string(text_at(block, "id")), .name = std::string(text_at(block, "name"))};
    const auto& input = object_at(block, "input");
    if (call.name == std::string(kToolPrefix) + "send") call.to = text_at(input, "to");
    facts.activity = "called " + call.name + " " + first_line(json::serialize(input));
    ++facts.stat.tool_call_count;
    ++facts.stat.tool_calls[call.name];
    facts.tool_calls.push_back(std::move(call));
  }
}

void add_user(RunFacts& facts, const json::value& line) {
  const auto* message = member(line, "message");
  if (message == nullptr) return;
  for (const auto& block : array_at(*message, "content")) {
    if (text_at(block, "type") != "tool_result") continue;
    const auto id = text_at(block, "tool_use_id");
    const auto call = std::ranges::find(facts.tool_calls, id, &ToolCall::id);
    if (call == facts.tool_calls.end()) continue;
    call->failed = is_true_at(block, "is_error");
    if (!call->answered && !call->failed && !call->to.empty()) add_peer(facts.stat.sent, call->to);
    call->answered = true;
    call->is_mail = is_receive(*call) && is_mail(block);
  }
}

/// `total_cost_usd` and `modelUsage` are cumulative over the session, across processes; only
/// `model_usage_since_last_result` speaks of this run. Older versions count a process and have none.
void add_spending(RunFacts& facts, const json::value& line) {
  const auto* fresh = member(line, "model_usage_since_last_result");
  const auto& models = fresh != nullptr && fresh->is_object() ? fresh->get_object() : object_at(line, "modelUsage");
  auto& usage = facts.stat.usage;
  if (fresh == nullptr) usage = {}, facts.stat.cost_usd = 0;
  for (const auto& [name, use] : models) {
    usage.input_tokens += integer_at(use, "inputTokens").value_or(0);
    usage.output_tokens += integer_at(use, "outputTokens").value_or(0);
    usage.cache_read_tokens += integer_at(use, "cacheReadInputTokens").value_or(0);
    usage.cache_creation_tokens += integer_at(use, "cacheCreationInputTokens").value_or(0);
    facts.stat.cost_usd += number_at(use, "costUSD").value_or(0);
    facts.stat.context_window = std::max(facts.stat.context_window, integer_at(use, "contextWindow").value_or(0));
  }
}

void add_result(RunFacts& facts, const json::value& line) {
  ResultLine result;
  result.is_error = is_true_at(line, "is_error");
  result.subtype = text_at(line, "subtype");
  result.terminal_reason = text_at(line, "terminal_reason");
  result.status = integer_at(line, "api_error_status");
  result.text = text_at(line, "result");
  if (result.text.empty()) result.text = join(array_at(line, "errors"));
  // What fails behind a good answer, as the end of something in the background may, takes nothing back.
  const bool is_afterwards = result.subtype == "error_during_execution" && facts.result && !facts.result->is_error;
  if (!is_afterwards) facts.result = std::move(result);
  if (const auto session = text_at(line, "session_id"); !session.empty()) facts.stat.session_id = session;
  facts.stat.num_turns += integer_at(line, "num_turns").value_or(0);
  add_spending(facts, line);
}

void add_rate_limit(RunFacts& facts, const json::value& line) {
  const auto& info = object_at(line, "rate_limit_info");
  if (text_at(info, "status") != "rejected") {
    facts.limited_until.reset();
    return;
  }
  const auto seconds = integer_at(info, "resetsAt");
  if (seconds && *seconds >= 0 && *seconds <= kLastMoment.ms / 1'000) facts.limited_until = Time{*seconds * 1'000};
}

}  // namespace

void add_peer(page::ByPeer& counts, std::string_view name) {
  if (name == "operator")
    ++counts.operators;
  else if (name == "manager")
    ++counts.manager;
  else if (name == "system")
    ++counts.system;
  else
    ++counts.peer;
}

void RunFacts::add(const StreamLine& line) {
  switch (line.kind) {
    case LineKind::init: return add_init(*this, line.value);
    case LineKind::assistant: return add_assistant(*this, line.value);
    case LineKind::user: return add_user(*this, line.value);
    case LineKind::result: return add_result(*this, line.value);
    case LineKind::rate_limit: return add_rate_limit(*this, line.value);
    case LineKind::compact_boundary: stat.compacted = true; return;
    case LineKind::other:
    case LineKind::not_json: return;
  }
}

std::vector<std::string> RunFacts::receives() const {
  std::vector<std::string> ids;
  for (const auto& call : tool_calls)
    if (is_receive(call)) ids.push_back(call.id);
  return ids;
}

std::vector<std::string> RunFacts::unseen_receives() const {
  std::vector<std::string> ids;
  for (const auto& call : tool_calls)
    if (is_receive(call) && !call.is_mail) ids.push_back(call.id);
  return ids;
}

}  // namespace hive::harness
