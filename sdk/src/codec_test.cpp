#include <hive/sdk/contracts/agent.hpp>
#include <hive/sdk/contracts/broker.hpp>
#include <hive/sdk/contracts/host.hpp>
#include <hive/sdk/contracts/journal.hpp>
#include <hive/sdk/contracts/lifecycle.hpp>
#include <hive/sdk/contracts/turns.hpp>

#include <gmock/gmock.h>

namespace hive {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Circle {
  double radius = 0;
};
constexpr auto fields(Of<Circle>) {
  return shape(field<&Circle::radius>("radius", "metres"));
}
struct Square {
  double side = 0;
};
constexpr auto fields(Of<Square>) {
  return shape(field<&Square::side>("side", "metres"));
}
using Figure = std::variant<Circle, Square>;

struct Remind {
  std::optional<std::int64_t> in_seconds;
  std::optional<Time> at;
  std::string body;
  std::vector<std::string> tags;
  std::int16_t small = 7;
};
constexpr auto fields(Of<Remind>) {
  return shape(field<&Remind::in_seconds>("in_seconds", "from now").between(1, 100), field<&Remind::at>("at", "UTC"),
               field<&Remind::body>("body", "text").max_bytes(8), field<&Remind::tags>("tags", "words").max_items(2),
               field<&Remind::small>("small", "number").defaulted())
      .exactly_one("in_seconds", "at");
}

std::string refusal(std::string_view text) {
  auto decoded = decode_text<Remind>(text, Unknown::refuse);
  return decoded ? "accepted" : decoded.error().message;
}

struct Ask {
  std::optional<std::int64_t> wait;
  std::optional<std::string> of, name;
};
constexpr auto fields(Of<Ask>) {
  return shape(field<&Ask::wait>("wait", "seconds").capped_at(180),
               field<&Ask::of>("of", "whose").max_bytes(64).callers(Who::operators),
               field<&Ask::name>("name", "name of the agent").matching(&is_agent_name, kAgentName));
}

}  // namespace

constexpr auto tags(Of<Figure>) {
  return std::array<std::string_view, 2>{"circle", "square"};
}

namespace {

TEST(Codec, ARoundTripKeepsEverything) {
  auto remind =
      decode_text<Remind>(R"({"at":"2026-05-01T12:00:00.250+02:00","body":"tea","tags":["a","b"]})", Unknown::refuse);
  ASSERT_TRUE(remind) << remind.error().message;
  EXPECT_EQ(remind->small, 7);
  EXPECT_EQ(encode_text(*remind), R"({"at":"2026-05-01T10:00:00.250Z","body":"tea","tags":["a","b"],"small":7})");
}

TEST(Codec, AnErrorNamesThePathAndWhatWasWanted) {
  EXPECT_EQ(refusal(R"({"body":"x"})"), "params: wanted exactly one of in_seconds at");
  EXPECT_EQ(refusal(R"({"in_seconds":1})"), "body: is required");
  EXPECT_EQ(refusal(R"({"in_seconds":101,"body":"x"})"), "in_seconds: wanted 1 to 100, not 101");
  EXPECT_EQ(refusal(R"({"in_seconds":1.5,"body":"x"})"), "in_seconds: wanted an integer");
  EXPECT_EQ(refusal(R"({"in_seconds":1,"body":"x","tags":["a",2]})"), "tags[1]: wanted a string");
  EXPECT_EQ(refusal(R"({"in_seconds":1,"body":"x","tags":["a","b","c"]})"), "tags: wanted at most 2 elements, not 3");
  EXPECT_EQ(refusal(R"({"in_seconds":1,"body":"123456789"})"), "body: wanted at most 8 bytes, not 9");
  EXPECT_EQ(refusal(R"({"in_seconds":1,"body":"x","small":40000})"), "small: wanted a smaller integer");
  EXPECT_THAT(refusal(R"({"in_seconds":1,"body":"x","boddy":1})"),
              HasSubstr("boddy: wanted no such member; known: in_seconds"));
  EXPECT_EQ(refusal(R"({"in_seconds":9007199254740993,"body":"x"})"), "in_seconds: wanted an integer within 2^53");
  EXPECT_THAT(refusal("[]"), HasSubstr("wanted an object"));
  EXPECT_THAT(refusal("{"), HasSubstr("not one JSON value"));
}

TEST(Codec, ModelsMayWriteNumbersAsText) {
  EXPECT_EQ(refusal(R"({"in_seconds":"8","body":"x"})"), "accepted");
  EXPECT_EQ(refusal(R"({"in_seconds":"8x","body":"x"})"), "in_seconds: wanted an integer");
}

TEST(Codec, UnknownMembersAreIgnoredOnlyWhereAsked) {
  EXPECT_TRUE(decode_text<Remind>(R"({"in_seconds":1,"body":"x","later":1})", Unknown::ignore));
  EXPECT_FALSE(decode_text<Remind>(R"({"in_seconds":1,"body":"x","later":1})", Unknown::refuse));
}

TEST(Codec, MoreThanACapIsTakenAsTheCap) {
  EXPECT_EQ(decode_text<Ask>(R"({"wait":180})", Unknown::refuse)->wait, 180);
  EXPECT_EQ(decode_text<Ask>(R"({"wait":9007199254740991})", Unknown::refuse)->wait, 180);
  EXPECT_THAT(decode_text<Ask>(R"({"wait":-1})", Unknown::refuse).error().message, HasSubstr("0 to 180"));
}

TEST(Codec, AMemberForOthersIsRefusedAndNotInTheirSchema) {
  EXPECT_EQ(decode_params<Ask>(R"({"of":"bob"})", Who::operators)->of, "bob");
  EXPECT_FALSE(decode_params<Ask>(R"({"of":null})", Who::agents)->of);
  const auto refused = decode_params<Ask>(R"({"of":"bob"})", Who::agents);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::forbidden);
  EXPECT_EQ(refused.error().message, "of: is for the operator alone; leave it out");
  const Method<Ask, None> method{.name = "a.b", .callers = kEveryCaller, .doc = "", .tool = {.name = "b"}};
  for (const auto who : {Who::operators, Who::agents}) {
    auto described = parse_json(about(method))->as_object();
    own_view(described, who);
    for (const auto* schema : {&described.at("params"), &described.at("tool").at("params")}) {
      const auto& properties = schema->at("properties").as_object();
      EXPECT_EQ(properties.contains("of"), who == Who::operators);
      EXPECT_THAT(write_json(properties), Not(HasSubstr("callers")));
      EXPECT_EQ(properties.at("wait").at("maximum"), 180);
    }
  }
}

TEST(Codec, AToolsSchemaSaysEachLimitInWordsAndWhatSettingsAllow) {
  const Method<Ask, None> method{.name = "a.b", .callers = kEveryCaller, .doc = "", .tool = {.name = "b"}};
  const auto described = parse_json(about(method, {{"of", 32}}))->as_object();
  const auto& of = described.at("tool").at("params").at("properties").at("of");
  EXPECT_EQ(of.at("maxLength"), 32);
  EXPECT_EQ(of.at("description"), "whose; at most 32 bytes");
  EXPECT_EQ(described.at("params").at("properties").at("of").at("maxLength"), 64);
  const auto& name = described.at("tool").at("params").at("properties").at("name");
  EXPECT_EQ(name.at("pattern"), "^[a-z][a-z0-9-]{0,30}$");
}

TEST(Codec, AVariantIsTaggedByKind) {
  auto figure = decode_text<Figure>(R"({"kind":"square","side":2})", Unknown::refuse);
  ASSERT_TRUE(figure);
  EXPECT_EQ(std::get<Square>(*figure).side, 2);
  EXPECT_EQ(encode_text(*figure), R"({"side":2E0,"kind":"square"})");
  EXPECT_THAT(decode_text<Figure>(R"({"kind":"line"})", Unknown::refuse).error().message,
              HasSubstr("one of circle square"));
}

TEST(Codec, DeepAndInvalidTextIsRefused) {
  EXPECT_FALSE(parse_json(std::string(40, '[') + std::string(40, ']')));
  EXPECT_FALSE(parse_json("\"\xff\""));
  EXPECT_FALSE(parse_json("1 2"));
}

TEST(Codec, NumbersThatAreInfiniteAreNeitherTakenNorWritten) {
  EXPECT_EQ(*decode_text<double>("1e308", Unknown::refuse), 1e308);
  for (const auto* wrong : {"1e400", "-1e400"}) EXPECT_FALSE(decode_text<double>(wrong, Unknown::refuse)) << wrong;
  const auto read = parse_json(R"({"deep":[1e400,{"x":-1e400}],"text":"Infinity"})");
  ASSERT_TRUE(read);
  EXPECT_EQ(write_json(*read), R"({"deep":[null,{"x":null}],"text":"Infinity"})");
}

TEST(Time, OnlyRealMomentsAreTaken) {
  EXPECT_EQ(time_from("1970-01-01T00:00:00Z"), Time{0});
  EXPECT_EQ(time_from("2026-02-28T23:59:59.1234567+00:30")->ms, time_from("2026-02-28T23:29:59.123Z")->ms);
  for (auto wrong : {"2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00",
                     "2026-01-01T00:00:00.Z", "1969-12-31T23:59:59Z", "2026-01-01T24:00:00Z", "x", ""})
    EXPECT_FALSE(time_from(wrong)) << wrong;
}

TEST(Time, WhatIsTakenCanBeWrittenAndTakenAgain) {
  EXPECT_EQ(to_text(kLastMoment), "9999-12-31T23:59:59.999Z");
  for (const auto* moment : {"1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999+14:00"}) {
    const auto taken = time_from(moment);
    ASSERT_TRUE(taken) << moment;
    EXPECT_EQ(time_from(to_text(*taken)), taken) << moment;
  }
  EXPECT_FALSE(time_from("9999-12-31T23:59:59.999-00:01"));
}

/// Clients drop the whole tool list for one bad schema, and the vendor's API refuses a top-level choice.
void expect_a_schema_that_clients_take(const json::object& schema) {
  EXPECT_EQ(schema.at("type"), "object");
  for (auto key : {"oneOf", "anyOf", "allOf"}) EXPECT_FALSE(schema.contains(key)) << key;
  for (const auto& [name, property] : schema.at("properties").as_object()) {
    EXPECT_TRUE(property.as_object().contains("type")) << name;
    EXPECT_TRUE(property.as_object().contains("description")) << name;
  }
}

template <class P, class R>
void expect_a_sound_tool(const Method<P, R>& method) {
  SCOPED_TRACE(method.name);
  const auto described = decode_text<host_api::About>(about(method), Unknown::refuse);
  ASSERT_TRUE(described) << described.error().message;
  ASSERT_TRUE(described->tool);
  expect_a_schema_that_clients_take(described->tool->params.as_object());
  EXPECT_LE(described->tool->description.size(), 2'048U);
  EXPECT_LE(std::string("mcp__hyperhive__").size() + method.tool.name.size(), 64U);
  EXPECT_FALSE(host_api::properties_of(described->tool->params).contains("key"));
}

TEST(Contracts, EveryToolHasASchemaThatClientsTake) {
  expect_a_sound_tool(broker::kSend);
  expect_a_sound_tool(broker::kRecv);
  expect_a_sound_tool(broker::kRecent);
  expect_a_sound_tool(lifecycle::kList);
  expect_a_sound_tool(lifecycle::kStart);
  expect_a_sound_tool(lifecycle::kStop);
  expect_a_sound_tool(lifecycle::kRestart);
  expect_a_sound_tool(lifecycle::kRebuild);
}

TEST(Contracts, WhatAMethodSaysOfItselfIsDescribed) {
  constexpr Method<None, None> kSilent{
      .name = "role.verb", .callers = Who::operators, .doc = "", .http = kNotFromPages};
  for (const auto& said : {about(broker::kSend), about(lifecycle::kDestroy), about(kSilent)}) {
    const auto described = decode_text<host_api::About>(said, Unknown::refuse);
    ASSERT_TRUE(described) << described.error().message;
    EXPECT_EQ(encode_text(*described), said);
  }
}

TEST(Errors, EveryCodeHasItsOwnNameAndComesBack) {
  for (int i = 0; i <= int(Code::internal); ++i) EXPECT_EQ(code_named(name_of(Code(i))), Code(i));
  EXPECT_EQ(code_named("of a later version"), Code::internal);
}

TEST(Names, AreJoinedAtCompileTime) {
  EXPECT_STREQ((names_of<broker::kSend, lifecycle::kList>), "broker.send lifecycle.list");
  EXPECT_STREQ((names_of<>), "");
  EXPECT_STREQ((topics_of<broker::kSentEvent, lifecycle::kContainerChanged>),
               "broker.sent:25 lifecycle.container_changed:11");
}

}  // namespace
}  // namespace hive
