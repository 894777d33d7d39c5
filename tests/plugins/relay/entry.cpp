#include "../contracts.hpp"

#include <hive/sdk/plugin.hpp>

namespace {

using namespace hive::demo;

/// Calls another plugin's method, then tells everybody what it said.
class Relay {
 public:
  explicit Relay(hive::Host& host) : host_(host) {}

  hive::Status start() {
    host_.answer(kRelay, [this](hive::Caller, Greet greet) -> hive::Task<hive::Result<Greeting>> {
      auto greeting = co_await host_.call(kGreet, greet);
      if (!greeting) co_return greeting.error();
      host_.publish(kMail, Mail{greet.name, greeting->text}, greet.name);
      co_return std::move(*greeting);
    });
    return {};
  }

 private:
  hive::Host& host_;
};

}  // namespace

HIVE_PLUGIN(Relay, .id = "relay", .version = "1.0.0", .provides = "relay", .calls = hive::names_of<kGreet>,
            .publishes = hive::published<kMail>);
