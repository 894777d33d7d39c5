#include "base/long_line.hpp"

#include "base/foreign_json.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace hive::harness {
namespace {

constexpr LongLine::Limits kLimits{.most = 100, .text = 10};

std::string taken(std::string_view line, std::size_t step = 7) {
  LongLine long_line(kLimits);
  for (; !line.empty(); line.remove_prefix(std::min(step, line.size()))) long_line.add(line.substr(0, step));
  return long_line.take();
}

TEST(LongLine, OneThatFitsStaysAsItStands) {
  const std::string line = "{\"a\":\"" + std::string(80, 'x') + "\"}";
  EXPECT_EQ(taken(line), line);
}

TEST(LongLine, OfALongOneTheTextsAreCut) {
  const auto line = R"({"type":"result","long":")" + std::string(5'000, 'x') + R"(","is_error":false})";
  for (const std::size_t step : {1, 7, 64, 10'000})
    EXPECT_EQ(taken(line, step), R"({"type":"result","long":"xxxxxxxxxx","is_error":false})");
}

TEST(LongLine, ACutTextCanBeRead) {
  for (const auto* part : {"\\ud83d\\ude00", "\\\"", "\\\\", "\xF0\x9F\x98\x80", "\\n"}) {
    std::string text;
    while (text.size() < 500) text += part;
    for (std::size_t before = 0; before < 8; ++before) {
      const auto line = taken(R"({"long":")" + std::string(before, 'x') + text + R"(","last":7})");
      const auto value = read_foreign(line, TooDeep::leave_out);
      ASSERT_TRUE(value) << line;
      EXPECT_EQ(value->at("last"), 7) << line;
    }
  }
}

TEST(LongLine, WhatIsNoTextIsLeftOutAndTheNextLineIsNot) {
  LongLine line(kLimits);
  line.add(std::string(5'000, 'x'));
  EXPECT_EQ(line.take(), "[a line of 5000 bytes was left out]");
  EXPECT_TRUE(line.is_empty());
  line.add("next");
  EXPECT_EQ(line.take(), "next");
}

}  // namespace
}  // namespace hive::harness
