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
  for (std::string text; std::getline(in, text) && !facts.result();) facts.add(parse_stream_line(text));
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
                      Case{"error-400", Outcome::failed}, Case{"error-401", Outcome::needs_login},
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

TEST(Judge, NoResultNamesTheEndOfTheProcess) {
  const auto verdict = judge({}, {.signal = 9, .stderr_tail = "boom"});
  EXPECT_EQ(verdict.outcome, Outcome::failed);
  EXPECT_EQ(verdict.reason, "the CLI ended without a result, signal 9: boom");
}

}  // namespace
}  // namespace hive::harness
