#include "stream/judge.hpp"

namespace hive::harness {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kRequestTimeout = 408;
constexpr int kTooManyRequests = 429;
constexpr int kFirstServerError = 500;

std::string ending_of(const RunEnd& end) {
  auto text = end.exited ? "exit code " + std::to_string(end.code) : "signal " + std::to_string(end.signal);
  if (!end.stderr_tail.empty()) text += ": " + end.stderr_tail;
  return text;
}

/// What is left of the 4xx speaks of the request, which is the session so far and the prompt.
Outcome outcome_of_api_error(const RunFacts& facts, const ResultLine& result) {
  const auto& kind = facts.api_error;
  const auto status = result.status.value_or(0);
  if (kind == "authentication_failed" || status == kUnauthorized) return Outcome::needs_login;
  if (kind == "rate_limit" || status == kTooManyRequests) return Outcome::rate_limited;
  if (kind == "billing_error" || kind == "model_not_found" || kind == "server_error") return Outcome::vendor_down;
  if (status == kForbidden || status == kNotFound || status == kRequestTimeout) return Outcome::vendor_down;
  if (status == 0 || status >= kFirstServerError) return Outcome::vendor_down;
  return Outcome::refused;
}

Outcome outcome_of_error(const RunFacts& facts, const ResultLine& result) {
  if (result.terminal_reason == "prompt_too_long") return Outcome::prompt_too_long;
  if (result.terminal_reason == "budget_exhausted") return Outcome::budget;
  if (result.terminal_reason == "image_error") return Outcome::refused;  // one that the session holds
  if (result.terminal_reason == "api_error") return outcome_of_api_error(facts, result);
  return facts.began ? Outcome::failed : Outcome::no_session;
}

Verdict without_result(const RunFacts& facts, const RunEnd& end) {
  if (!facts.began)
    return {.outcome = Outcome::no_session, .reason = "the CLI ended before it began a session, " + ending_of(end)};
  if (end.exited && end.code == 0)
    return {.outcome = Outcome::unknown, .reason = "the CLI ended well, but without a result that can be read"};
  return {.outcome = Outcome::failed, .reason = "the CLI ended without a result, " + ending_of(end)};
}

}  // namespace

std::string_view result_kind(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok: return "ok";
    case Outcome::unknown: return "unknown";
    case Outcome::cancelled: return "cancelled";
    case Outcome::prompt_too_long: return "prompt_too_long";
    case Outcome::rate_limited: return "rate_limited";
    case Outcome::budget: return "budget";
    case Outcome::failed:
    case Outcome::refused:
    case Outcome::vendor_down:
    case Outcome::not_begun:
    case Outcome::no_session:
    case Outcome::needs_login: return "failed";
  }
  return "failed";
}

Fault fault_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
    case Outcome::unknown:
    case Outcome::cancelled: return Fault::nobody;
    case Outcome::failed: return Fault::messages;
    case Outcome::prompt_too_long:
    case Outcome::refused: return Fault::session;
    case Outcome::rate_limited:
    case Outcome::vendor_down:
    case Outcome::budget: return Fault::vendor;
    case Outcome::not_begun:
    case Outcome::no_session: return Fault::machine;
    case Outcome::needs_login: return Fault::login;
  }
  return Fault::messages;
}

Verdict judge(const RunFacts& facts, const RunEnd& end) {
  const auto& result = facts.result;
  if (result && !result->is_error) return {.outcome = Outcome::ok};
  if (end.asked_to_stop) return {.outcome = Outcome::cancelled, .reason = "it was cancelled"};
  if (!result) return without_result(facts, end);
  Verdict verdict{.outcome = outcome_of_error(facts, *result), .reason = result->text};
  if (verdict.reason.empty() && verdict.outcome == Outcome::no_session) return without_result(facts, end);
  if (verdict.reason.empty()) verdict.reason = "the CLI reported " + result->terminal_reason;
  if (verdict.outcome == Outcome::rate_limited) verdict.again_at = facts.limited_until;
  return verdict;
}

}  // namespace hive::harness
