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

}  // namespace

void RunFacts::add(const StreamLine& line) {
  switch (line.kind) {
    case LineKind::init: return add_init(line.value);
    case LineKind::assistant: return add_assistant(line.value);
    case LineKind::user: return add_user(line.value);
    case LineKind::result: return add_result(line.value);
    case LineKind::rate_limit: return add_rate_limit(line.value);
    case LineKind::compact_boundary: compacted_ = true; return;
    case LineKind::other:
    case LineKind::not_json: return;
  }
}

void RunFacts::add_init(const json::value& line) {
  began_ = true;
  session_ = text_at(line, "session_id");
  model_ = text_at(line, "model");
  for (const auto& server : array_at(line, "mcp_servers"))
    if (text_at(server, "name") == kServerName) lacks_tools_ = text_at(server, "status") == "failed";
}

void RunFacts::add_assistant(const json::value& line) {
  const auto* message = member(line, "message");
  if (message == nullptr) return;
  if (text_at(*message, "model") == kSyntheticModel) {
    api_error_ = text_at(line, "error");
  } else if (text_at(line, "parent_tool_use_id").empty()) {
    const auto& usage = object_at(*message, "usage");
    context_tokens_ = integer_at(usage, "input_tokens").value_or(0) +
                      integer_at(usage, "cache_read_input_tokens").value_or(0) +
                      integer_at(usage, "cache_creation_input_tokens").value_or(0);
  }
  for (const auto& block : array_at(*message, "content")) {
    const auto type = text_at(block, "type");
    if (type == "text") activity_ = "said: " + first_line(text_at(block, "text"));
    if (type != "tool_use") continue;
    ToolCall call{.id = std::string(text_at(block, "id")), .name = std::string(text_at(block, "name"))};
    const auto& input = object_at(block, "input");
    if (call.name == std::string(kToolPrefix) + "send") call.to = text_at(input, "to");
    activity_ = "called " + call.name + " " + first_line(json::serialize(input));
    tool_calls_.push_back(std::move(call));
  }
}

void RunFacts::add_user(const json::value& line) {
  const auto* message = member(line, "message");
  if (message == nullptr) return;
  for (const auto& block : array_at(*message, "content")) {
    if (text_at(block, "type") != "tool_result") continue;
    const auto id = text_at(block, "tool_use_id");
    const auto call = std::ranges::find(tool_calls_, id, &ToolCall::id);
    if (call == tool_calls_.end()) continue;
    call->answered = true;
    call->failed = is_true_at(block, "is_error");
    call->is_mail = is_receive(*call) && is_mail(block);
  }
}

void RunFacts::add_result(const json::value& line) {
  ResultLine result;
  result.is_error = is_true_at(line, "is_error");
  result.subtype = text_at(line, "subtype");
  result.terminal_reason = text_at(line, "terminal_reason");
  result.status = integer_at(line, "api_error_status");
  result.text = text_at(line, "result");
  if (result.text.empty()) result.text = join(array_at(line, "errors"));
  // What fails behind a good answer, as the end of something in the background may, takes nothing back.
  const bool is_afterwards = result.subtype == "error_during_execution" && result_ && !result_->is_error;
  if (!is_afterwards) result_ = std::move(result);
  if (const auto session = text_at(line, "session_id"); !session.empty()) session_ = session;
  turns_ += integer_at(line, "num_turns").value_or(0);
  add_spending(line);
}

/// `total_cost_usd` and `modelUsage` are cumulative over the session, across processes; only
/// `model_usage_since_last_result` speaks of this run. Older versions count a process and have none.
void RunFacts::add_spending(const json::value& line) {
  const auto* fresh = member(line, "model_usage_since_last_result");
  const auto& models = fresh != nullptr && fresh->is_object() ? fresh->get_object() : object_at(line, "modelUsage");
  if (fresh == nullptr) usage_ = {}, cost_ = 0;
  for (const auto& [name, use] : models) {
    usage_.input_tokens += integer_at(use, "inputTokens").value_or(0);
    usage_.output_tokens += integer_at(use, "outputTokens").value_or(0);
    usage_.cache_read_tokens += integer_at(use, "cacheReadInputTokens").value_or(0);
    usage_.cache_creation_tokens += integer_at(use, "cacheCreationInputTokens").value_or(0);
    cost_ += number_at(use, "costUSD").value_or(0);
    context_window_ = std::max(context_window_, integer_at(use, "contextWindow").value_or(0));
  }
}

void RunFacts::add_rate_limit(const json::value& line) {
  const auto& info = object_at(line, "rate_limit_info");
  if (text_at(info, "status") != "rejected") {
    limited_until_.reset();
    return;
  }
  const auto seconds = integer_at(info, "resetsAt");
  if (seconds && *seconds >= 0 && *seconds <= kLastMoment.ms / 1'000) limited_until_ = Time{*seconds * 1'000};
}

std::map<std::string, std::int64_t> RunFacts::calls_by_tool() const {
  std::map<std::string, std::int64_t> counts;
  for (const auto& call : tool_calls_) ++counts[call.name];
  return counts;
}

std::vector<std::string> RunFacts::receives() const {
  std::vector<std::string> ids;
  for (const auto& call : tool_calls_)
    if (is_receive(call)) ids.push_back(call.id);
  return ids;
}

std::vector<std::string> RunFacts::unseen_receives() const {
  std::vector<std::string> ids;
  for (const auto& call : tool_calls_)
    if (is_receive(call) && !call.is_mail) ids.push_back(call.id);
  return ids;
}

}  // namespace hive::harness
