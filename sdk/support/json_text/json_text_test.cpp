#include <hive/json_text/json_text.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace hive::json_text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(JsonText, IsCheckedWithoutBuilding) {
  EXPECT_TRUE(is_value(R"({"a":[1,"}\"",{}],"b":"ä"})"));
  for (const auto* bad : {"", "{", "1 2", "{}x", "\"\xff\"", "[1,]", "{\"a\":\n1}", "nul"})
    EXPECT_FALSE(is_value(bad)) << bad;
  EXPECT_FALSE(is_value(std::string(33, '[') + std::string(33, ']')));
}

std::vector<std::pair<std::string, std::string>> members_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  const bool whole = for_members(text, [&](auto name, auto value) { out.emplace_back(name, value); });
  if (!whole) out.emplace_back("no", "object");
  return out;
}

TEST(JsonText, IsTakenApartAsPieces) {
  EXPECT_THAT(members_of(R"( {"a" : [1,"}\"", {"x":2}] , "b":"c,d", "e": -1 } )"),
              ElementsAre(Pair("a", R"([1,"}\"", {"x":2}])"), Pair("b", R"("c,d")"), Pair("e", "-1")));
  EXPECT_THAT(members_of("{}"), IsEmpty());
  for (const auto* bad : {"[1]", "", "{", R"({"a")", R"({"a":)", R"({"a":1)", R"({"a":"x)", R"({"a":[1)", "{} x"})
    EXPECT_EQ(members_of(bad).back().second, "object") << bad;
}

TEST(JsonText, QuotingMakesAValueOfAnyBytes) {
  EXPECT_EQ(quote("a\"b\n"), R"("a\"b\n")");
  EXPECT_EQ(quote("\xff!"), "\"?!\"");
}

}  // namespace
}  // namespace hive::json_text
