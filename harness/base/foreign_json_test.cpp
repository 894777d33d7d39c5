#include "base/foreign_json.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <string>

namespace hive::harness {
namespace {

namespace json = boost::json;

const std::string kReplacement = "\xEF\xBF\xBD";

std::string text_of(std::string_view line) {
  const auto value = read_foreign(line, TooDeep::leave_out);
  return value && value->is_string() ? std::string(value->get_string()) : "(not read)";
}

std::string nested(std::size_t depth, std::string_view inside) {
  return std::string(depth, '[') + std::string(inside) + std::string(depth, ']');
}

TEST(ForeignJson, WhatIsValidIsReadAsItStands) {
  EXPECT_EQ(text_of(R"("one \"two\" \\ A \ud83d\ude00 \n")"), "one \"two\" \\ A \xF0\x9F\x98\x80 \n");
}

TEST(ForeignJson, HalfASurrogatePairIsOneReplacement) {
  EXPECT_EQ(text_of(R"("a\ud83d")"), "a" + kReplacement);
  EXPECT_EQ(text_of(R"("\ud83d b")"), kReplacement + " b");
  EXPECT_EQ(text_of(R"("\ude00")"), kReplacement);
  EXPECT_EQ(text_of(R"("\ude00\ud83d")"), kReplacement + kReplacement);
  EXPECT_EQ(text_of(R"("\ud83d\ud83d\ude00")"), kReplacement + "\xF0\x9F\x98\x80");
  EXPECT_EQ(text_of(R"("\ud83d\n")"), kReplacement + "\n");
  EXPECT_EQ(text_of(R"("\\ud83d")"), "\\ud83d");
}

TEST(ForeignJson, WhatIsNoTextIsMended) {
  EXPECT_EQ(text_of("\"a\xFF\xC3\""), "a" + kReplacement + kReplacement);
  EXPECT_EQ(text_of("\"\xED\xA0\xBD\""), kReplacement + kReplacement + kReplacement);
  EXPECT_EQ(text_of(std::string("\"a\tb\0c\"", 7)), std::string("a\tb\0c", 5));
}

TEST(ForeignJson, MembersMayBeMendedToo) {
  const auto value = read_foreign(R"({"\ud83d":1,"id":2})", TooDeep::refuse);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->at("id"), 2);
  EXPECT_EQ(value->at(kReplacement), 1);
}

TEST(ForeignJson, WhatIsNestedTooDeepIsLeftOutOrRefused) {
  const auto line = R"({"before":[1],"deep":)" + nested(100'000, R"("]")") + R"(,"after":[2]})";
  const auto value = read_foreign(line, TooDeep::leave_out);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->at("before").at(0), 1);
  EXPECT_EQ(value->at("after").at(0), 2);
  EXPECT_FALSE(read_foreign(line, TooDeep::refuse));
  EXPECT_EQ(json::serialize(*read_foreign(nested(kDeepestForeign + 1, ""), TooDeep::leave_out)),
            nested(kDeepestForeign, "null"));
  EXPECT_EQ(json::serialize(*read_foreign(nested(kDeepestForeign, ""), TooDeep::refuse)), nested(kDeepestForeign, ""));
}

TEST(ForeignJson, WhatIsNoJsonIsNotRead) {
  for (const std::string text : {"", "{", "\"\\", "\"\\u12", "[1,]", "nothing", "{} {}", "\"a\\ud83d"})
    EXPECT_FALSE(read_foreign(text, TooDeep::leave_out)) << text;
  EXPECT_FALSE(read_foreign(std::string(100'000, '['), TooDeep::leave_out));
}

}  // namespace
}  // namespace hive::harness
