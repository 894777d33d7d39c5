#include "../contracts.hpp"

#include <hive/sdk/plugin.hpp>

#include <cstdlib>

namespace {

using namespace hive::demo;

class Hello {
 public:
  struct Settings {
    std::string greeting = "hello";
    std::int64_t times = 1;
    std::optional<std::string> password;
    friend constexpr auto fields(hive::Of<Settings>) {
      return hive::shape(hive::field<&Settings::greeting>("greeting", "the word").max_bytes(32).defaulted(),
                         hive::field<&Settings::times>("times", "how often it is said").between(1, 9).defaulted(),
                         hive::field<&Settings::password>("password", "never shown").as_secret());
    }
  };

  Hello(hive::Host& host, Settings settings) : host_(host), settings_(std::move(settings)) {}

  hive::Status start() {
    host_.answer(kGreet, [this](hive::Caller, Greet greet) -> hive::Result<Greeting> {
      return Greeting{settings_.greeting + ", " + greet.name};
    });
    host_.answer(kSettings,
                 [this](hive::Caller, hive::None) -> hive::Result<Greeting> { return Greeting{settings_.greeting}; });
    host_.answer(kOverflow, [](hive::Caller, hive::None) -> hive::Result<hive::None> {
      const volatile char first = 0;
      return overflow(&first) == 0 ? hive::Result<hive::None>{hive::None{}}
                                   : hive::error(hive::Code::internal, "the stack had no end");
    });
    host_.answer(kCrashInWork, [this](hive::Caller, hive::None) -> hive::Task<hive::Result<hive::None>> {
      auto work = []() -> bool { std::abort(); };
      auto done = co_await host_.blocking(work);
      if (!done) co_return done.error();
      co_return hive::None{};
    });
    host_.answer(kCrash, [](hive::Caller, hive::None) -> hive::Result<hive::None> { std::abort(); });
    return {};
  }

 private:
  static int overflow(const volatile char* above) {
    volatile char room[4'096] = {};
    if (*above != 0) return 0;
    return overflow(room) + room[1];
  }

  hive::Host& host_;
  const Settings settings_;
};

}  // namespace

HIVE_PLUGIN(Hello, .id = "hello", .version = "1.0.0", .provides = "hello");
