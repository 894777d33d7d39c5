#pragma once
#include <hive/sdk/plugin.hpp>

/// Role `hello`: greets whoever is named.
namespace hello {

struct Name {
  std::string name;
};
constexpr auto fields(hive::Of<Name>) {
  return hive::shape(hive::field<&Name::name>("name", "who is greeted").max_bytes(64));
}
inline constexpr hive::Method<Name, Name> kGreet{
    .name = "hello.greet", .callers = hive::Who::operators, .doc = "Greets.", .cli = {.positional = "name"}};
inline constexpr hive::Event<Name> kGreeted{"hello.greeted", hive::Who::operators, "Somebody was greeted."};

class Hello {
 public:
  explicit Hello(hive::Host& host) : host_(host) {}

  hive::Status start() {
    host_.answer(kGreet, [this](hive::Caller, Name whom) -> hive::Result<Name> {
      host_.publish(kGreeted, whom);
      return Name{"hello, " + whom.name};
    });
    return {};
  }

 private:
  hive::Host& host_;
};

}  // namespace hello
