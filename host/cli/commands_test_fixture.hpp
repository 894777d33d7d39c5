#pragma once
#include <gtest/gtest.h>

#include "fake_host_test_support.hpp"

namespace hive::host::cli {

inline constexpr const char* kSubscribed = R"({"stamp":"e-0"})";

/// For tests of commands: a host that the test plays, and messages as it would give them.
class CommandsTest : public ::testing::Test {
 protected:
  Ran run(const std::vector<std::string>& words) { return run_command(host_.root(), words); }
  void message_event(int id, const std::string& from, const std::string& to, const std::string& body) {
    host_.publish_after_reply("broker.sent", "{\"message\":" + message(id, from, to, body) + "}");
  }
  static std::string message(int id, const std::string& from, const std::string& to, const std::string& body) {
    return R"({"id":)" + std::to_string(id) + R"(,"from":")" + from + R"(","to":")" + to +
           R"(","kind":"agent","body":")" + body + R"(","sent_at":"2026-05-01T12:00:00.000Z"})";
  }
  static std::string entry(int id, const std::string& from, const std::string& to, const std::string& body) {
    return "{\"message\":" + message(id, from, to, body) + ",\"state\":\"settled\"}";
  }

  FakeHost host_;
};

}  // namespace hive::host::cli
