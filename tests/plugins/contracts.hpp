#pragma once
#include <hive/sdk/method.hpp>

/// Methods and events of the plugins that tests of the host load.
namespace hive::demo {

struct Greet {
  std::string name;
};
constexpr auto fields(Of<Greet>) {
  return shape(field<&Greet::name>("name", "whom to greet").max_bytes(1'024));
}
struct Greeting {
  std::string text;
};
constexpr auto fields(Of<Greeting>) {
  return shape(field<&Greeting::text>("text", "the greeting"));
}
struct Wait {
  std::optional<std::int64_t> wait_ms;
  std::optional<std::string> box;
};
constexpr auto fields(Of<Wait>) {
  return shape(field<&Wait::wait_ms>("wait_ms", "absent: at once").between(0, 180'000),
               field<&Wait::box>("box", "whose mail; absent: the caller's"));
}
struct Mail {
  std::string box, body;
};
constexpr auto fields(Of<Mail>) {
  return shape(field<&Mail::box>("box", "whose mail"), field<&Mail::body>("body", "what it says"));
}
struct Received {
  std::vector<Mail> messages;
  std::int64_t waiting = 0;
};
constexpr auto fields(Of<Received>) {
  return shape(field<&Received::messages>("messages", "oldest first"),
               field<&Received::waiting>("waiting", "still queued"));
}

inline constexpr auto kEverybody = Who::operators | Who::manager | Who::agents | Who::plugins;
inline constexpr Method<Greet, Greeting> kGreet{
    .name = "hello.greet", .callers = kEverybody, .doc = "Says hello.", .http = {"POST", "/hello/{name}"}};
inline constexpr Method<None, Greeting> kSettings{"hello.settings", Who::operators, "The greeting that is configured."};
inline constexpr Method<None, None> kCrash{"hello.crash", Who::operators, "Ends the plugin's process."};
inline constexpr Method<None, None> kCrashInWork{"hello.crash_in_work", Who::operators, "The same, on another thread."};
inline constexpr Method<None, None> kOverflow{"hello.overflow", Who::operators, "Runs out of stack."};
inline constexpr Method<Wait, Received> kReceive{.name = "echo.receive",
                                                 .callers = kEverybody,
                                                 .doc = "Parks until mail comes.",
                                                 .deadline = std::chrono::milliseconds(185'000)};
inline constexpr Method<Greet, Greeting> kRelay{"relay.greet", kEverybody, "Greets through the plugin hello."};
inline constexpr Event<Mail> kMail{"relay.mail", Who::operators | Who::plugins | Who::self, "Mail for a box."};

}  // namespace hive::demo
