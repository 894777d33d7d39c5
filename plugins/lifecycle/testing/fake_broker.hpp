#pragma once
#include <hive/sdk/contracts/broker.hpp>
#include <hive/testing/test_host.hpp>

#include <functional>

namespace hive::lifecycle {

/// Mailboxes: a key is taken once, as the broker does.
struct FakeBroker {
  std::map<std::string, broker::Send> letters;  // by key
  bool away = false;
  std::function<void()> around = [] {};

  void serve(testing::TestHost& host) {
    host.fake(broker::kSend, [this](broker::Send send) -> Result<broker::Sent> {
      around();
      if (away) return error(Code::unavailable, "the broker is away");
      letters.emplace(*send.key, send);
      return broker::Sent{std::int64_t(letters.size())};
    });
  }
  /// Values of `event` in the letters to `who`, sorted by key.
  std::vector<std::string> events_to(const std::string& who) const {
    std::vector<std::string> events;
    for (const auto& [key, send] : letters)
      if (send.to == who) events.emplace_back(parse_json(send.body)->at("event").as_string());
    return events;
  }
  json::value letter_to(const std::string& who) const {
    for (const auto& [key, send] : letters)
      if (send.to == who) return *parse_json(send.body);
    return {};
  }
};

}  // namespace hive::lifecycle
