#include "loop/reporter.hpp"

#include <hive/utf8/utf8.hpp>

#include "json_read.hpp"

namespace hive::harness {
namespace {

constexpr std::chrono::milliseconds kOutputInterval{5'000};
constexpr std::size_t kReasonBytes = 512;

turns::Status status_of(turns::TurnState state) {
  return state == turns::TurnState::needs_login ? turns::Status::needs_login_idle : turns::Status::online;
}

}  // namespace

Reporter::Reporter(os::EventLoop& event_loop, HostLink& link, EventBus& bus, std::filesystem::path notes,
                   std::chrono::milliseconds pause)
    : event_loop_(event_loop), link_(link), bus_(bus), notes_(std::move(notes)), pause_(pause) {
  report_.since = wall_time();
}

void Reporter::tell(const Standing& standing) {
  using turns::TurnState;
  const auto& until = report_.state == TurnState::retrying ? report_.retry_at : report_.rate_limited_until;
  if (report_.state == standing.state && until == standing.until) return;
  const auto before = report_.status;
  report_.state = standing.state;
  report_.status = status_of(standing.state);
  report_.since = wall_time();
  report_.rate_limited_until.reset(), report_.retry_at.reset(), report_.reason.reset();
  (standing.state == TurnState::retrying ? report_.retry_at : report_.rate_limited_until) = standing.until;
  if (!standing.reason.empty()) report_.reason = std::string(utf8::beginning_of(standing.reason, kReasonBytes));
  std::error_code missing;
  const auto bytes = std::filesystem::file_size(notes_, missing);
  report_.notes_bytes = missing ? std::nullopt : std::optional<std::int64_t>(std::int64_t(bytes));
  bus_.publish("turn_state_changed", encode_text(report_));
  if (before != report_.status)
    bus_.publish("status_changed", json::serialize(json::object{{"status", name_of(report_.status)}}));
  send();
}

void Reporter::begin_turn(std::int64_t turn) {
  report_.turn = turn;
  bus_.set_turn(turn);
}

void Reporter::end_turn() {
  report_.turn.reset();
  bus_.set_turn(std::nullopt);
}

void Reporter::tell_model(const page::Model& model, const std::optional<std::string>& of_run) {
  if (const auto text = encode_text(model); text != std::exchange(model_, text)) bus_.publish("model_changed", text);
  const auto before = std::exchange(report_.model, of_run.value_or(model.name));
  if (before != report_.model && !before.empty()) send();
}

void Reporter::output_seen(const RunFacts& facts) {
  report_.last_output_at = wall_time();
  if (facts.context_tokens) report_.context_tokens = facts.context_tokens;
  if (event_loop_.now() - last_sent_ >= kOutputInterval) send();
}

void Reporter::run_ended(const page::TurnStat& stat, std::optional<double> spent_today) {
  report_.usage = stat.usage;
  report_.cost = stat.cost_usd;
  page::TokenUsage told{stat.usage.input_tokens,
                        stat.usage.output_tokens,
                        stat.usage.cache_read_tokens,
                        stat.usage.cache_creation_tokens,
                        report_.context_tokens,
                        {},
                        stat.cost_usd,
                        spent_today};
  if (stat.context_window > 0) told.context_window = stat.context_window;
  bus_.publish("token_usage_changed", encode_text(told));
}

void Reporter::repeat() {
  send();
}

void Reporter::send() {
  changed_ = true;
  if (under_way_) return;
  again_.reset();
  under_way_ = true;
  changed_ = false;
  last_sent_ = event_loop_.now();
  link_.call<turns::Report, None>(turns::kReport, report_, Repeat::safe, [this](Result<None> told) {
    under_way_ = false;
    if (changed_) return send();
    if (told) return;
    again_ = event_loop_.after(pause_, [this] { send(); });
  });
}

}  // namespace hive::harness
