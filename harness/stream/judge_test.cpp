#include "stream/judge.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace hive::harness {
namespace {

/// Every line of a recorded file; the verdict is that of its last run.
RunFacts recorded(const std::string& name) {
  std::ifstream in(std::string(HIVE_SOURCE_DIR) + "/tests/fixtures/claude-cli/" + name + ".jsonl");
  EXPECT_TRUE(in.is_open()) << name;
  RunFacts facts;
  for (std::string text; std::getline(in, text);) facts.add(parse_stream_line(text));
  return facts;
}

RunFacts first_result_of(const std::string& name) {
  std::ifstream in(std::string(HIVE_SOURCE_DIR) + "/tests/fixtures/claude-cli/" + name + ".jsonl");
  RunFacts facts;
  for (std::string text; std::getline(in, text) && !facts.result;) facts.add(parse_stream_line(text));
  return facts;
}

constexpr auto kExit = [](int code) { return RunEnd{.exited = true, .code = code}; };

struct Case {
  std::string file;
  Outcome outcome;
};
class RecordedVerdicts : public ::testing::TestWithParam<Case> {};

TEST_P(RecordedVerdicts, AreAsTheyWereSeen) {
  const auto verdict = judge(first_result_of(GetParam().file), kExit(1));
  EXPECT_EQ(verdict.outcome, GetParam().outcome) << verdict.reason;
  EXPECT_EQ(verdict.reason.empty(), verdict.outcome == Outcome::ok);
}

INSTANTIATE_TEST_SUITE_P(
    Files, RecordedVerdicts,
    ::testing::Values(Case{"plain", Outcome::ok}, Case{"tools-builtin-and-mcp", Outcome::ok},
                      Case{"error-400", Outcome::refused}, Case{"error-401", Outcome::needs_login},
                      Case{"error-429-retries", Outcome::rate_limited}, Case{"error-500-retries", Outcome::vendor_down},
                      Case{"error-529-retries", Outcome::vendor_down}, Case{"error-credit", Outcome::vendor_down},
                      Case{"error-mid-stream", Outcome::vendor_down}, Case{"max-turns", Outcome::failed},
                      Case{"max-tokens", Outcome::ok}, Case{"refusal", Outcome::ok},
                      Case{"prompt-too-long", Outcome::prompt_too_long}, Case{"not-logged-in", Outcome::needs_login},
                      Case{"sigint-in-tool", Outcome::failed}, Case{"stream-cut-recovers", Outcome::ok},
                      Case{"permission-denied", Outcome::ok}, Case{"mcp-server-failed", Outcome::ok}),
    [](const auto& chosen) {
      std::string name = chosen.param.file;
      for (auto& c : name)
        if (c == '-') c = '_';
      return name;
    });

TEST(Judge, WhatFailsBehindAGoodAnswerTakesNothingBack) {
  auto facts = recorded("plain");
  facts.add(parse_stream_line(
      R"({"type":"result","subtype":"error_during_execution","is_error":true,"errors":["a task was ended"]})"));
  EXPECT_EQ(judge(facts, kExit(1)).outcome, Outcome::ok);
}

TEST(Judge, TheLastResultOfABudgetRunDecides) {
  EXPECT_EQ(judge(recorded("max-turns"), kExit(1)).outcome, Outcome::budget);
}

TEST(Judge, ARateLimitKnowsItsReset) {
  const auto verdict = judge(recorded("rate-limit-oauth"), kExit(1));
  EXPECT_EQ(verdict.outcome, Outcome::rate_limited);
  EXPECT_EQ(verdict.again_at, (Time{1'795'200'000'000}));
}

TEST(Judge, AnInterruptedRunThatExitsWithZeroIsCancelledWhenAskedTo) {
  EXPECT_EQ(judge(first_result_of("sigint-in-api"), {.asked_to_stop = true, .exited = true}).outcome,
            Outcome::cancelled);
}

TEST(Judge, ARunThatWasDoneBeforeTheSignalCameIsOk) {
  EXPECT_EQ(judge(first_result_of("plain"), {.asked_to_stop = true, .exited = true}).outcome, Outcome::ok);
}

RunFacts begun() {
  RunFacts facts;
  facts.add(parse_stream_line(R"({"type":"system","subtype":"init","session_id":"s"})"));
  return facts;
}

TEST(Judge, NoResultNamesTheEndOfTheProcess) {
  const auto verdict = judge(begun(), {.signal = 9, .stderr_tail = "boom"});
  EXPECT_EQ(verdict.outcome, Outcome::failed);
  EXPECT_EQ(verdict.reason, "the CLI ended without a result, signal 9: boom");
}

TEST(Judge, NoResultAfterAGoodEndIsUnknown) {
  EXPECT_EQ(judge(begun(), kExit(0)).outcome, Outcome::unknown);
}

TEST(Judge, WithoutASessionItIsTheMachinesFault) {
  EXPECT_EQ(judge({}, kExit(0)).outcome, Outcome::no_session);
  RunFacts facts;  // as with a damaged .claude.json
  facts.add(parse_stream_line(R"({"type":"result","subtype":"error_during_execution","is_error":true})"));
  const auto verdict = judge(facts, {.exited = true, .code = 1, .stderr_tail = "corrupted"});
  EXPECT_EQ(verdict.outcome, Outcome::no_session);
  EXPECT_EQ(verdict.reason, "the CLI ended before it began a session, exit code 1: corrupted");
}

TEST(Judge, MessagesAreChargedForTheirOwnFailuresAlone) {
  for (const auto outcome : {Outcome::ok, Outcome::unknown, Outcome::cancelled, Outcome::prompt_too_long,
                             Outcome::refused, Outcome::rate_limited, Outcome::vendor_down, Outcome::not_begun,
                             Outcome::no_session, Outcome::needs_login, Outcome::budget})
    EXPECT_FALSE(Verdict{.outcome = outcome}.charges_messages()) << int(outcome);
  EXPECT_TRUE(Verdict{.outcome = Outcome::failed}.charges_messages());
}

struct Status {
  int status;
  Outcome outcome;
};
TEST(Judge, AnHttpStatusSaysWhoseFaultItIs) {
  for (const auto& [status, outcome] :
       {Status{400, Outcome::refused}, Status{413, Outcome::refused}, Status{422, Outcome::refused},
        Status{401, Outcome::needs_login}, Status{403, Outcome::vendor_down}, Status{404, Outcome::vendor_down},
        Status{408, Outcome::vendor_down}, Status{429, Outcome::rate_limited}, Status{500, Outcome::vendor_down},
        Status{529, Outcome::vendor_down}}) {
    auto facts = begun();
    facts.add(
        parse_stream_line(R"({"type":"result","is_error":true,"terminal_reason":"api_error","api_error_status":)" +
                          std::to_string(status) + "}"));
    EXPECT_EQ(judge(facts, kExit(1)).outcome, outcome) << status;
  }
}

}  // namespace
}  // namespace hive::harness
