#include "stream/facts.hpp"

#include <hive/json_text/json_text.hpp>

#include <gmock/gmock.h>
#include <boost/json.hpp>

#include <filesystem>
#include <fstream>

namespace hive::harness {
namespace {

namespace json = boost::json;

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::filesystem::path fixtures() {
  return std::filesystem::path(HIVE_SOURCE_DIR) / "tests/fixtures/claude-cli";
}

std::vector<StreamLine> lines_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<StreamLine> lines;
  for (std::string text; std::getline(in, text);) lines.push_back(parse_stream_line(text));
  return lines;
}

/// The facts of the first run in a recorded file: up to and with its first result.
RunFacts first_run(const std::string& name) {
  RunFacts facts;
  for (const auto& line : lines_of(fixtures() / (name + ".jsonl"))) {
    facts.add(line);
    if (line.kind == LineKind::result) break;
  }
  return facts;
}

RunFacts all_of(const std::string& name) {
  RunFacts facts;
  for (const auto& line : lines_of(fixtures() / (name + ".jsonl"))) facts.add(line);
  return facts;
}

TEST(StreamLine, EveryRecordedLineIsKeptAndKnown) {
  int files = 0, lines = 0;
  for (const auto& entry : std::filesystem::directory_iterator(fixtures())) {
    if (entry.path().extension() != ".jsonl" || entry.path().filename().string().starts_with("auth-")) continue;
    ++files;
    for (const auto& line : lines_of(entry.path())) {
      ++lines;
      EXPECT_NE(line.kind, LineKind::not_json) << entry.path();
      EXPECT_FALSE(line.type.empty()) << entry.path();
    }
  }
  EXPECT_GE(files, 34);
  EXPECT_GE(lines, 400);
}

TEST(StreamLine, TheLoginTranscriptIsTextThatIsKept) {
  for (const auto& line : lines_of(fixtures() / "auth-login-status-logout.jsonl")) {
    EXPECT_EQ(line.kind, LineKind::not_json);
    EXPECT_TRUE(line.value.is_string());
  }
}

TEST(StreamLine, TheOrderOfMembersDoesNotMatter) {
  const auto line = parse_stream_line(R"({"is_error":false,"subtype":"success","type":"result"})");
  EXPECT_EQ(line.kind, LineKind::result);
  EXPECT_EQ(line.subtype, "success");
}

TEST(StreamLine, AnUnknownKindIsKeptWhole) {
  const auto line = parse_stream_line(R"({"type":"brand_new","deep":{"x":[1]}})");
  EXPECT_EQ(line.kind, LineKind::other);
  EXPECT_EQ(line.value.at("deep").at("x").at(0), 1);
}

TEST(RunFacts, OddLinesAreNoReasonToFail) {
  RunFacts facts;
  for (const auto* text :
       {"", "[]", "null", "{", R"({"type":7})", R"({"type":"assistant"})",
        R"({"type":"assistant","message":{"content":"text"}})",
        R"({"type":"user","message":{"content":[{"type":"tool_result"}]}})",
        R"({"type":"result","modelUsage":[],"num_turns":"8","errors":{}})",
        R"({"type":"result","modelUsage":{"m":{"costUSD":1e400}}})",
        R"({"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":1e300}})",
        R"({"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":9000000000000000000}})",
        R"({"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":-1}})",
        R"({"type":"system","subtype":"init","mcp_servers":{"name":1}})"})
    facts.add(parse_stream_line(text));
  EXPECT_TRUE(facts.result.has_value());
  EXPECT_FALSE(facts.limited_until.has_value());
  EXPECT_EQ(facts.stat.cost_usd, 0);
}

TEST(RunFacts, APlainTurn) {
  const auto facts = first_run("plain");
  ASSERT_TRUE(facts.result.has_value());
  EXPECT_FALSE(facts.result->is_error);
  EXPECT_EQ(facts.result->text, "Hello from fake.");
  EXPECT_EQ(facts.stat.model, "claude-sonnet-4-5");
  EXPECT_EQ(facts.stat.session_id, "9c6fb289-1c32-47ec-9312-e9d189f56f59");
  EXPECT_EQ(facts.stat.usage.input_tokens, 100);
  EXPECT_EQ(facts.stat.usage.output_tokens, 10);
  EXPECT_DOUBLE_EQ(facts.stat.cost_usd, 0.00045);
  EXPECT_EQ(facts.context_tokens, 100);
  EXPECT_EQ(facts.stat.context_window, 200'000);
}

TEST(RunFacts, ToolsAreCountedByName) {
  const auto facts = first_run("tools-builtin-and-mcp");
  EXPECT_THAT(facts.stat.tool_calls, ElementsAre(Pair("Bash", 3), Pair("NoSuchTool", 1), Pair("Read", 1),
                                                 Pair("Write", 1), Pair("mcp__hyperhive__fail", 2),
                                                 Pair("mcp__hyperhive__recv", 1), Pair("mcp__hyperhive__send", 1)));
  EXPECT_EQ(facts.tool_calls.front().name, "Bash");
}

TEST(RunFacts, ARecvWhoseAnswerNeverCameIsUnseen) {
  RunFacts facts;
  facts.add(parse_stream_line(
      R"({"type":"assistant","message":{"content":[{"type":"tool_use","id":"a","name":"mcp__hyperhive__recv","input":{}}]}})"));
  facts.add(parse_stream_line(
      R"({"type":"assistant","message":{"content":[{"type":"tool_use","id":"b","name":"mcp__hyperhive__recv","input":{}}]}})"));
  EXPECT_THAT(facts.unseen_receives(), ElementsAre("a", "b"));
  facts.add(parse_stream_line(
      R"({"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"a","content":"{\"messages\":[]}"},{"type":"tool_result","tool_use_id":"b","is_error":true}]}})"));
  EXPECT_THAT(facts.unseen_receives(), ElementsAre("b"));
}

/// What is unseen after a `recv` was answered so, as text and as a block of text.
std::vector<std::string> unseen_after(const std::string& answer) {
  RunFacts facts;
  for (const auto* use : {"a", "b"})
    facts.add(parse_stream_line(R"({"type":"assistant","message":{"content":[{"type":"tool_use","id":")" +
                                std::string(use) + R"(","name":"mcp__hyperhive__recv","input":{}}]}})"));
  json::value line = json::parse(R"({"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"a"},
    {"type":"tool_result","tool_use_id":"b","content":[{"type":"text"}]}]}})");
  auto& results = line.at("message").at("content").as_array();
  results[0].as_object()["content"] = answer;
  results[1].at("content").at(0).as_object()["text"] = answer;
  facts.add(parse_stream_line(json::serialize(line)));
  return facts.unseen_receives();
}

TEST(RunFacts, ARecvWhoseAnswerWasKeptFromTheModelIsUnseen) {
  const std::string mail = R"({"messages":[{"id":1,"body":"x"}],"waiting":0})";
  EXPECT_THAT(unseen_after(mail), IsEmpty());
  for (const auto& shown :
       {std::string("Error: result (111,852 characters across 1 line) exceeds maximum allowed tokens. "
                    "Output has been saved to /home/agent/x.txt"),
        "<persisted-output>\nOutput too large (90KB). Full output saved to: /x\n\nPreview:\n" + mail +
            "\n</persisted-output>",
        mail.substr(0, 30) + "\n[OUTPUT TRUNCATED]", std::string("[Old tool result content cleared]"), std::string()})
    EXPECT_THAT(unseen_after(shown), ElementsAre("a", "b")) << shown;
}

TEST(StreamLine, WhatAStrictParserRefusesIsRead) {
  const auto deep = std::string(40, '[') + std::string(40, ']');
  for (const std::string& member : {std::string(R"("\ud83d")"), std::string("\"\xff\""), deep}) {
    const auto text = R"({"type":"result","is_error":false,"result":)" + member + "}";
    EXPECT_EQ(parse_stream_line(text).kind, LineKind::result) << text;
  }
  const std::string half = R"({"type":"result","result":"\ud83d"})";
  EXPECT_TRUE(json_text::is_value(json_of(parse_stream_line(half), half)));
}

TEST(RunFacts, TheCostOfATurnIsNotTheSessionsSum) {
  RunFacts second;
  int results = 0;
  for (const auto& line : lines_of(fixtures() / "two-turns-continue.jsonl")) {
    if (results == 1) second.add(line);
    if (line.kind == LineKind::result) ++results;
  }
  EXPECT_EQ(results, 2);
  EXPECT_DOUBLE_EQ(second.stat.cost_usd, 0.00045);
  EXPECT_EQ(second.stat.usage.input_tokens, 100);
}

TEST(RunFacts, SeveralResultsOfOneProcessAddUpAndTheLastOneJudges) {
  const auto facts = all_of("background-two-results");
  EXPECT_EQ(facts.result->text, "after bg notification");
  EXPECT_EQ(facts.stat.usage.input_tokens, 300);
  EXPECT_DOUBLE_EQ(facts.stat.cost_usd, 0.00135);
  EXPECT_EQ(facts.stat.num_turns, 3);
}

TEST(RunFacts, AnOlderCliCountsAProcess) {
  const auto facts = first_run("version-2.1.112");
  ASSERT_TRUE(facts.result.has_value());
  EXPECT_FALSE(facts.result->is_error);
  EXPECT_GT(facts.stat.usage.input_tokens, 0);
}

TEST(RunFacts, CompactionsAreSeen) {
  EXPECT_FALSE(first_run("plain").stat.compacted);
  EXPECT_TRUE(all_of("compact").stat.compacted);
  EXPECT_TRUE(all_of("prompt-too-long-autocompacted").stat.compacted);
}

TEST(RunFacts, AServerThatDidNotConnectIsSeen) {
  EXPECT_TRUE(first_run("mcp-server-failed").lacks_tools);
  EXPECT_FALSE(first_run("tools-builtin-and-mcp").lacks_tools);
  EXPECT_FALSE(first_run("plain").lacks_tools);
}

TEST(RunFacts, TheVendorsResetTimeIsRead) {
  EXPECT_EQ(all_of("rate-limit-oauth").limited_until, (Time{1'795'200'000'000}));
  EXPECT_EQ(first_run("rate-limit-oauth").limited_until, std::nullopt);
}

TEST(RunFacts, TheActivityIsOneShortLine) {
  EXPECT_EQ(first_run("plain").activity, "said: Hello from fake.");
  RunFacts facts;
  facts.add(parse_stream_line(R"({"type":"assistant","message":{"content":[{"type":"text","text":")" +
                              std::string(159, 'x') + "ää\\nsecond\"}]}}"));
  EXPECT_EQ(facts.activity, "said: " + std::string(159, 'x') + "…");
}

}  // namespace
}  // namespace hive::harness
