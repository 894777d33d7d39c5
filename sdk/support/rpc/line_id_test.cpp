#include <hive/rpc/line_id.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hive::rpc {
namespace {

TEST(LineId, IsFoundWhereverItStands) {
  EXPECT_EQ(id_of(R"({"id":7,"method":"x"})"), "7");
  EXPECT_EQ(id_of(R"({"method":"x","params":{"a":[1,{"id":8}]},"id" : "a\"b" })"), R"("a\"b")");
  EXPECT_EQ(id_of(R"( { "id" : -1.5e3 , "x":"id" } )"), "-1.5e3");
  EXPECT_EQ(id_of(R"({"x":"\\","id":""})"), R"("")");
  EXPECT_EQ(id_of(R"({"id":1,"id":2})"), "2");
}

TEST(LineId, IsFoundInWhatIsBroken) {
  const std::string deep(100'000, '[');
  const std::vector<std::string> lines = {
      R"({"id":7,"method":"tools/call","params":{"a":"cut)",
      R"({"id":7,)",
      R"({"id":7,"x":}}}}]]])",
      R"({"params":{"a":nothing,},"id":7})",
      R"({"params":{"a":"\ud83d"},"id":7})",
      R"({"params":{"a":"\q"},"id":7} and more)",
      "{\"params\":{\"a\":\"\xFF\x01\"},\"id\":7}",
      R"({"params" "a",,"id":7})",
      R"({"params":)" + deep + std::string(deep.size(), ']') + R"(,"id":7})",
      R"({"id":7,"params":)" + deep,
  };
  for (const auto& line : lines) EXPECT_EQ(id_of(line), "7") << line.substr(0, 60);
}

TEST(LineId, WhatCannotBeAnsweredIsNone) {
  for (const auto* line :
       {R"({"method":"x"})", R"({"id":null})", R"({"id":true})", R"({"id":{"id":1}})", R"({"id":[1]})", R"({"id":})",
        R"({"id":7)", R"({"id":"cut)", R"({"id":7x,"y":1})", R"({"id":"\q"})", R"([{"id":1}])", R"("id")", R"("id":1)",
        "", R"({"x":{"id":1}})", R"({"x":"id"})"})
    EXPECT_EQ(id_of(line), "") << line;
  EXPECT_EQ(id_of("{\"id\":\"\xFF\"}"), "");
  EXPECT_EQ(id_of(R"({"id":")" + std::string(LineId::kLongest, 'x') + "\"}"), "");
}

TEST(LineId, ComesInPieces) {
  const std::string line = R"({"method":"x","params":{"id":1},"jsonrpc":"2.0","id":"some-id"})";
  for (std::size_t size = 1; size < line.size(); ++size) {
    LineId id;
    for (std::size_t at = 0; at < line.size(); at += size) id.take(std::string_view(line).substr(at, size));
    EXPECT_EQ(id.found(), R"("some-id")") << size;
  }
}

}  // namespace
}  // namespace hive::rpc
