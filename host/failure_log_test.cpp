#include "failure_log.hpp"

#include <gtest/gtest.h>

namespace hive::host {
namespace {

using namespace std::chrono_literals;

constexpr FailureLog::Clock::time_point kNoon{};

TEST(FailureLogTest, WhatRepeatsIsToldOnceAMinuteWithHowOften) {
  FailureLog log;
  EXPECT_EQ(log.line_for("broker.send", "the disk fails", kNoon), "broker.send failed: the disk fails");
  EXPECT_EQ(log.line_for("broker.send", "the disk fails", kNoon + 1s), "");
  EXPECT_EQ(log.line_for("broker.send", "the disk fails", kNoon + 59s), "");
  EXPECT_EQ(log.line_for("broker.send", "the disk fails", kNoon + 60s),
            "broker.send failed: the disk fails (as 2 times since the last line)");
}

TEST(FailureLogTest, OtherWordsAndOtherMethodsAreToldAtOnce) {
  FailureLog log;
  EXPECT_NE(log.line_for("broker.send", "the disk fails", kNoon), "");
  EXPECT_EQ(log.line_for("broker.recv", "the disk fails", kNoon), "broker.recv failed: the disk fails");
  EXPECT_EQ(log.line_for("broker.send", "the index fails", kNoon), "broker.send failed: the index fails");
}

TEST(FailureLogTest, LongWordsAreCut) {
  FailureLog log;
  EXPECT_EQ(log.line_for("a.b", std::string(65'536, 'x'), kNoon), "a.b failed: " + std::string(512, 'x'));
}

}  // namespace
}  // namespace hive::host
