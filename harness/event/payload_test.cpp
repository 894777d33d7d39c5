#include "event/payload.hpp"

#include <hive/json_text/json_text.hpp>

#include "json_read.hpp"

#include <gmock/gmock.h>

namespace hive::harness {
namespace {

constexpr std::size_t kMost = 512 << 10;

TEST(PagePayload, WhatFitsStaysAsItStands) {
  for (const auto* json : {R"({"b": 1.50, "a":[ 2 ]})", R"("text")", "null"}) EXPECT_EQ(page_payload(json), json);
}

TEST(PagePayload, TheLongestTextsAreCutAndTheRestStays) {
  std::string long_text;
  while (long_text.size() < 3'000'000) long_text += "ä";
  const auto fitting =
      page_payload(json::serialize(json::object{{"type", "user"}, {"deep", {{"text", long_text}}}, {"n", 7}}));
  ASSERT_LE(fitting.size(), kMost);
  ASSERT_TRUE(json_text::is_value(fitting));
  const auto value = json::parse(fitting);
  EXPECT_EQ(value.at("type").as_string(), "user");
  EXPECT_EQ(value.at("n"), 7);
  EXPECT_THAT(std::string(value.at("deep").at("text").as_string()), ::testing::EndsWith("bytes were left out]"));
}

TEST(PagePayload, WhatIsCutHasNoNumberThatJsonLacks) {
  const auto fitting = page_payload(R"({"n":1e400,"text":")" + std::string(2 * kMost, 'x') + "\"}");
  ASSERT_TRUE(json_text::is_value(fitting)) << fitting.substr(0, 80);
  EXPECT_TRUE(json::parse(fitting).at("n").is_null());
}

TEST(PagePayload, ManyMiddlingTextsAreCutUntilTheyFit) {
  json::array texts;
  for (int i = 0; i < 400; ++i) texts.emplace_back(std::string(8'000, 'x'));
  const auto fitting = page_payload(json::serialize(texts));
  ASSERT_LE(fitting.size(), kMost);
  EXPECT_EQ(json::parse(fitting).as_array().size(), 400u);
}

TEST(PagePayload, WhatCannotBeMadeToFitIsClipped) {
  json::array numbers;
  for (int i = 0; i < 200'000; ++i) numbers.emplace_back(i);
  const auto deep = std::string(25, '[') + std::string(25, ']');
  for (const auto& json : {json::serialize(numbers), deep, std::string("no JSON"), std::string("\"\xff\""),
                           std::string(1'000'000, '\x01')}) {
    const auto clipped = page_payload(json);
    ASSERT_LE(clipped.size(), kMost);
    ASSERT_TRUE(json_text::is_value(clipped));
    const auto value = json::parse(clipped);
    EXPECT_EQ(value.at("type").as_string(), "clipped");
    EXPECT_EQ(value.at("bytes"), json.size());
    EXPECT_LE(value.at("head").as_string().size(), 64u << 10);
  }
  EXPECT_EQ(page_payload(deep.substr(1, 48)), deep.substr(1, 48));
}

TEST(PagePayload, LayoutBecomesOneLine) {
  EXPECT_EQ(page_payload("{\t\"a\":\r1}"), R"({"a":1})");
}

}  // namespace
}  // namespace hive::harness
