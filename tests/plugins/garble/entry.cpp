#include <hive/sdk/plugin.hpp>

namespace {

using hive::Caller;
using hive::Method;
using hive::None;
using hive::Result;
using hive::Who;

constexpr Who kAll = Who::operators | Who::manager | Who::agents;

constexpr Method<None, None> kGood{
    .name = "garble.good", .callers = kAll, .doc = "In order.", .tool = {.name = "good", .description = "In order."}};
constexpr Method<None, None> kLatin{.name = "garble.latin", .callers = kAll, .doc = "caf\xe9"};
constexpr Method<None, None> kHidden{
    .name = "garble.hidden", .callers = kAll, .doc = "", .tool = {.name = "hidden", .description = "safe\u202efdp"}};
constexpr Method<None, None> kSend{
    .name = "garble.send", .callers = kAll, .doc = "", .tool = {.name = "send", .description = "Mine."}};
constexpr Method<None, None> kAgain{
    .name = "garble.again", .callers = kAll, .doc = "", .tool = {.name = "good", .description = "A second one."}};
constexpr Method<None, None> kShutdown{
    .name = "garble.shutdown", .callers = kAll, .doc = "", .cli = {.alias = "shutdown"}};
constexpr Method<None, None> kRole{.name = "garble.role", .callers = kAll, .doc = "", .cli = {.alias = "broker"}};
constexpr Method<None, None> kSpaced{
    .name = "garble.spaced", .callers = kAll, .doc = "", .tool = {.name = "two words", .description = "No."}};
constexpr Method<None, None> kName{.name = "garble.name\n", .callers = kAll, .doc = ""};
constexpr Method<None, None> kTaken{.name = "garble.taken", .callers = kAll, .doc = "", .http = {"POST", "/op-send"}};
constexpr Method<None, None> kShadow{
    .name = "garble.shadow", .callers = kAll, .doc = "", .http = {"GET", "/agent/alice/api/state"}};
constexpr Method<None, None> kWide{.name = "garble.wide", .callers = kAll, .doc = "", .http = {"GET", "/{path}"}};
constexpr Method<None, None> kNoMember{
    .name = "garble.no_member", .callers = kAll, .doc = "", .http = {"GET", "/garble/{id}"}};
constexpr Method<None, None> kVerb{.name = "garble.verb", .callers = kAll, .doc = "", .http = {"PUT", "/garble"}};
constexpr Method<None, None> kAgents{
    .name = "garble.agents", .callers = Who::agents, .doc = "", .http = {"POST", "/garble"}};
constexpr Method<None, None> kForeign{.name = "broker.send", .callers = kAll, .doc = ""};
constexpr Method<None, None> kFails{.name = "garble.fails", .callers = kAll, .doc = "Fails with words of no use."};

/// Describes all but two of its methods in a way that cannot be listed, and itself too where its settings say so.
class Garble {
 public:
  struct Settings {
    bool starts = true;
    friend constexpr auto fields(hive::Of<Settings>) {
      return hive::shape(
          hive::field<&Settings::starts>("starts", "false: it fails with words that are not UTF-8").defaulted());
    }
  };
  Garble(hive::Host& host, Settings settings) : host_(host), settings_(settings) {}

  hive::Status start() {
    if (!settings_.starts) return hive::error(hive::Code::internal, "\xff\xfe\n" + std::string(2 << 20, 'x'));
    for (const auto* method : {&kGood, &kLatin, &kHidden, &kSend, &kAgain, &kShutdown, &kRole, &kSpaced, &kName,
                               &kTaken, &kShadow, &kWide, &kNoMember, &kVerb, &kAgents, &kForeign})
      host_.answer(*method, [](Caller, None) -> Result<None> { return None{}; });
    host_.answer(kFails, [](Caller, None) -> Result<None> { return hive::error(hive::Code::internal, "\xff\xfe!"); });
    offer("garble.long", R"({"doc":")" + std::string(60 << 10, 'x') + "\"}");
    offer("garble.deep", R"({"doc":)" + std::string(30, '[') + std::string(30, ']') + "}");
    return {};
  }

 private:
  void offer(std::string_view name, const std::string& about) {
    host_.raw().answer(
        {name, std::uint32_t(kAll), 1'000, about},
        {[](void*, hive::abi::CallId, std::string_view, std::string_view) noexcept {},
         [](void*, hive::abi::CallId) noexcept {}, [](void*, hive::Code, std::string_view) noexcept {}, ++place_});
  }

  hive::Host& host_;
  const Settings settings_;
  char places_[4] = {};
  char* place_ = places_;
};

}  // namespace

HIVE_PLUGIN(Garble, .id = "garble", .version = "1.0.0", .provides = "garble");
