#include "mcp/protocol.hpp"

#include "json_read.hpp"

#include <gmock/gmock.h>

namespace hive::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Answers when the test says so.
class HeldTools : public ToolSource {
 public:
  Ticket list(std::function<void(Result<json::array>)> answer) override {
    lists.emplace_back(std::move(answer));
    return next++;
  }
  Ticket call(ToolRequest request, std::function<void(Result<ToolAnswer>)> answer) override {
    requests.push_back(std::move(request));
    calls.emplace_back(std::move(answer));
    return next++;
  }
  void drop(Ticket ticket) override { dropped.push_back(ticket); }

  Ticket next = 1;
  std::vector<ToolRequest> requests;
  std::vector<std::function<void(Result<json::array>)>> lists;
  std::vector<std::function<void(Result<ToolAnswer>)>> calls;
  std::vector<Ticket> dropped;
};

class ProtocolTest : public ::testing::Test {
 protected:
  json::value said(std::string_view line) {
    written.clear();
    protocol.take(line);
    return written.size() == 1 ? json::parse(written[0]) : json::value{};
  }
  std::int64_t refusal(std::string_view line) {
    const auto answer = said(line);
    return integer_at(object_at(answer, "error"), "code").value_or(0);
  }
  std::string modern(std::string_view method, std::string_view more = "") {
    return R"({"jsonrpc":"2.0","id":"a","method":")" + std::string(method) +
           R"(","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
           R"("io.modelcontextprotocol/clientCapabilities":{}})" +
           std::string(more) + "}}";
  }

  HeldTools tools;
  std::vector<std::string> written;
  Protocol protocol{tools, "1.2.3", [this](std::string line) { written.push_back(std::move(line)); }};
};

TEST_F(ProtocolTest, AnOldHandshake) {
  const auto answer = said(
      R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{}}})");
  EXPECT_EQ(answer.at("id"), 0);
  EXPECT_EQ(answer.at("result").at("protocolVersion"), "2025-06-18");
  EXPECT_TRUE(answer.at("result").at("capabilities").as_object().contains("tools"));
  EXPECT_EQ(answer.at("result").at("serverInfo").at("version"), "1.2.3");
  EXPECT_FALSE(answer.at("result").as_object().contains("resultType"));
  said(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  EXPECT_THAT(written, IsEmpty());
}

TEST_F(ProtocolTest, AnUnknownOldVersionIsAnsweredWithTheNewestOfThose) {
  for (const auto* version : {"1999-01-01", "2026-07-28", ""}) {
    const auto answer = said(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":")" +
                             std::string(version) + "\"}}");
    EXPECT_EQ(answer.at("result").at("protocolVersion"), "2025-11-25") << version;
  }
}

TEST_F(ProtocolTest, PingNeedsNoHandshake) {
  EXPECT_EQ(said(R"({"jsonrpc":"2.0","id":"x","method":"ping"})").at("result"), json::object{});
}

TEST_F(ProtocolTest, DiscoveryOfTheNewEra) {
  const auto answer = said(modern("server/discover"));
  const auto& result = answer.at("result");
  EXPECT_EQ(answer.at("id"), "a");
  EXPECT_EQ(result.at("supportedVersions"), json::array{"2026-07-28"});
  EXPECT_EQ(result.at("resultType"), "complete");
  EXPECT_GE(result.at("ttlMs").as_int64(), 0);
  EXPECT_EQ(result.at("cacheScope"), "private");
  EXPECT_EQ(result.at("_meta").at("io.modelcontextprotocol/serverInfo").at("name"), "hyperhive");
}

TEST_F(ProtocolTest, TheNewErasMetaIsChecked) {
  EXPECT_EQ(refusal(R"({"jsonrpc":"2.0","id":1,"method":"server/discover"})"), -32602);
  EXPECT_EQ(refusal(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":)"
                    R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}})"),
            -32602);
  const auto unknown = said(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":)"
                            R"({"io.modelcontextprotocol/protocolVersion":"2030-01-01",)"
                            R"("io.modelcontextprotocol/clientCapabilities":{}}}})");
  EXPECT_EQ(unknown.at("error").at("code"), -32022);
  EXPECT_EQ(unknown.at("error").at("data").at("requested"), "2030-01-01");
  EXPECT_EQ(unknown.at("error").at("data").at("supported").at(0), "2026-07-28");
}

TEST_F(ProtocolTest, TheNewEraHasNoHandshakeAndNoPing) {
  EXPECT_EQ(refusal(modern("initialize")), -32601);
  EXPECT_EQ(refusal(modern("ping")), -32601);
  EXPECT_EQ(refusal(modern("logging/setLevel")), -32601);
}

TEST_F(ProtocolTest, ListsInBothEras) {
  said(R"({"jsonrpc":"2.0","id":7,"method":"tools/list"})");
  tools.lists[0](json::array{json::object{{"name", "send"}}});
  auto answer = json::parse(written.at(0));
  EXPECT_EQ(answer.at("id"), 7);
  EXPECT_EQ(answer.at("result").at("tools").at(0).at("name"), "send");
  EXPECT_FALSE(answer.at("result").as_object().contains("nextCursor"));
  EXPECT_FALSE(answer.at("result").as_object().contains("ttlMs"));
  said(modern("tools/list"));
  tools.lists[1](json::array{});
  answer = json::parse(written.at(0));
  EXPECT_EQ(answer.at("result").at("resultType"), "complete");
  EXPECT_TRUE(answer.at("result").as_object().contains("ttlMs"));
}

TEST_F(ProtocolTest, ACallCarriesNameArgumentsAndUse) {
  said(R"({"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"send","arguments":{"to":"bob"},)"
       R"("_meta":{"claudecode/toolUseId":"toolu_1","progressToken":3}}})");
  ASSERT_EQ(tools.requests.size(), 1u);
  EXPECT_EQ(tools.requests[0].name, "send");
  EXPECT_EQ(tools.requests[0].arguments.at("to"), "bob");
  EXPECT_EQ(tools.requests[0].use_id, "toolu_1");
  tools.calls[0](ToolAnswer{"Sent.", false});
  const auto answer = json::parse(written.at(0));
  EXPECT_EQ(answer.at("result").at("content").at(0).at("text"), "Sent.");
  EXPECT_EQ(answer.at("result").at("isError"), false);
}

TEST_F(ProtocolTest, AToolsErrorIsAResultAndAnUnknownToolIsNot) {
  said(modern("tools/call", R"(,"name":"send")"));
  tools.calls[0](ToolAnswer{"busy", true});
  EXPECT_EQ(json::parse(written.at(0)).at("result").at("isError"), true);
  EXPECT_EQ(json::parse(written.at(0)).at("result").at("resultType"), "complete");
  said(modern("tools/call", R"(,"name":"nope")"));
  tools.calls[1](error(Code::method_not_found, "unknown tool nope"));
  EXPECT_EQ(json::parse(written.at(0)).at("error").at("code"), -32602);
}

TEST_F(ProtocolTest, CallsOvertakeEachOther) {
  said(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"recv"}})");
  said(R"({"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"send"}})");
  tools.calls[1](ToolAnswer{"second", false});
  tools.calls[0](ToolAnswer{"first", false});
  EXPECT_EQ(json::parse(written.at(0)).at("id"), 2);
  EXPECT_EQ(json::parse(written.at(1)).at("id"), 1);
}

TEST_F(ProtocolTest, ACancelledCallIsDroppedWithoutAnAnswer) {
  said(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"recv"}})");
  said(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"x"}})");
  EXPECT_THAT(tools.dropped, ElementsAre(1u));
  said(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");
  said(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"1"}})");
  said(R"({"jsonrpc":"2.0","method":"notifications/cancelled"})");
  EXPECT_THAT(tools.dropped, ElementsAre(1u));
  EXPECT_THAT(written, IsEmpty());
}

TEST_F(ProtocolTest, MalformedLinesGetAnErrorEach) {
  EXPECT_EQ(refusal("{"), -32700);
  EXPECT_EQ(refusal("\xff\xfe"), -32700);
  EXPECT_EQ(refusal("[]"), -32600);
  EXPECT_EQ(refusal("7"), -32600);
  EXPECT_EQ(refusal("{}"), -32600);
  EXPECT_EQ(refusal(R"({"jsonrpc":"2.0","id":null,"method":"ping"})"), -32600);
  EXPECT_EQ(refusal(R"({"jsonrpc":"2.0","id":1.5,"method":"ping"})"), -32600);
  EXPECT_EQ(refusal(R"({"jsonrpc":"1.0","id":1,"method":"ping"})"), -32600);
  EXPECT_EQ(refusal(R"({"jsonrpc":"2.0","id":1,"method":7})"), -32600);
  EXPECT_EQ(refusal(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]})"), -32602);
  EXPECT_EQ(refusal(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":[]}})"), -32602);
  EXPECT_EQ(refusal(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}})"), -32602);
  EXPECT_EQ(refusal(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}})"), -32602);
  EXPECT_EQ(refusal(R"({"jsonrpc":"2.0","id":1,"method":"resources/list"})"), -32601);
  for (const auto& line : {"", "  ", R"({"jsonrpc":"2.0","id":9,"result":{}})", R"({"jsonrpc":"2.0","method":"x"})"}) {
    said(line);
    EXPECT_THAT(written, IsEmpty()) << line;
  }
}

TEST_F(ProtocolTest, AnErrorWhoseIdCouldNotBeReadHasNone) {
  EXPECT_FALSE(said("{").as_object().contains("id"));
}

std::string call_with(std::string_view body) {
  return R"({"method":"tools/call","params":{"name":"send","arguments":{"body":)" + std::string(body) +
         R"(}},"jsonrpc":"2.0","id":"call-1"})";
}

TEST_F(ProtocolTest, HalfASurrogatePairInACallIsReadAsAReplacement) {
  said(call_with(R"("cut \ud83d")"));
  ASSERT_EQ(tools.requests.size(), 1u);
  EXPECT_EQ(tools.requests[0].arguments.at("body"), "cut \xEF\xBF\xBD");
  tools.calls[0](ToolAnswer{"Sent.", false});
  EXPECT_EQ(json::parse(written.at(0)).at("id"), "call-1");
}

TEST_F(ProtocolTest, WhateverHasAnIdIsAnsweredUnderIt) {
  const std::string deep(100'000, '[');
  const std::vector<std::string> bodies = {R"("\ud83d")",
                                           R"("\ude00\ud83d")",
                                           "\"\xFF\"",
                                           R"("\q")",
                                           "nothing",
                                           "1,",
                                           "{,}",
                                           "\"\t\"",
                                           "1e999",
                                           "[1 2]",
                                           deep + std::string(deep.size(), ']'),
                                           std::string(40, '[') + std::string(40, ']'),
                                           R"("a" "b")"};
  for (const auto& body : bodies) {
    const auto asked = tools.calls.size();
    said(call_with(body));
    if (tools.calls.size() > asked) tools.calls.back()(ToolAnswer{"Sent.", false});
    ASSERT_EQ(written.size(), 1u) << body.substr(0, 40);
    EXPECT_EQ(text_at(json::parse(written[0]), "id"), "call-1") << body.substr(0, 40);
  }
}

TEST_F(ProtocolTest, EveryBeginningAndEveryWrongByteOfACallKeepsItsId) {
  const std::string line = R"({"jsonrpc":"2.0","id":"call-1","method":"ping","params":{"name":"x","a":["b",{"c":1}]}})";
  const auto id_end = line.find(R"(,"method")");
  for (auto end = id_end + 1; end < line.size(); ++end) {
    const auto answer = said(std::string_view(line).substr(0, end));
    EXPECT_EQ(text_at(answer, "id"), "call-1") << line.substr(0, end);
  }
  for (auto at = id_end + 1; at < line.size(); ++at)
    for (const char wrong : {'\0', '"', '\\', '{', ']', ',', '\xFF'}) {
      auto broken = line;
      broken[at] = wrong;
      const auto answer = said(broken);
      EXPECT_EQ(text_at(answer, "id"), "call-1") << broken;
    }
}

TEST_F(ProtocolTest, AnIdIsAnsweredAsItWasWritten) {
  for (const std::string id : {"0", "-3", "12345678901234567890123456789", "\"\"", R"("\u0041\/")", "1.50"}) {
    said(R"({"jsonrpc":"2.0","method":"ping","id":)" + id + "}");
    ASSERT_EQ(written.size(), 1u);
    EXPECT_THAT(written[0], HasSubstr("\"id\":" + id + ",")) << id;
  }
}

TEST_F(ProtocolTest, EachOfABatchIsRefusedUnderItsId) {
  said(R"([{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"x"},{"id":"b"}])");
  ASSERT_EQ(written.size(), 2u);
  EXPECT_EQ(json::parse(written[0]).at("id"), 1);
  EXPECT_EQ(json::parse(written[1]).at("id"), "b");
}

TEST_F(ProtocolTest, AnIdInUseIsRefused) {
  said(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"recv"}})");
  EXPECT_EQ(refusal(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"recv"}})"), -32600);
  EXPECT_EQ(tools.calls.size(), 1u);
}

TEST_F(ProtocolTest, NoLineHoldsANewline) {
  said(R"({"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"recv"}})");
  tools.calls[0](ToolAnswer{"one\ntwo\r\n", false});
  EXPECT_THAT(written.at(0), Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace hive::harness
