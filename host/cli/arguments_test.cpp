#include "arguments.hpp"

#include <hive/sdk/contracts/broker.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace hive::host::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

/// Every type that a member can have.
constexpr std::string_view kSchema = R"({
  "type": "object",
  "properties": {
    "name": {"type": "string", "description": "of the thing"},
    "color": {"type": "string", "enum": ["red", "blue"], "description": "which"},
    "count": {"type": "integer", "description": "how many"},
    "share": {"type": "number", "description": "of one"},
    "force": {"type": "boolean", "description": "even so"},
    "tag_names": {"type": "array", "items": {"type": "string"}, "description": "words"},
    "mount": {"type": "object", "description": "nested"}
  },
  "required": ["name"]
})";

MethodEntry method_of(std::vector<std::string> positional) {
  MethodEntry method;
  method.name = "things.make";
  method.params = parse_json(kSchema)->as_object();
  method.positional = std::move(positional);
  return method;
}

std::string params(const std::vector<std::string>& words, std::vector<std::string> positional = {"name"}) {
  const auto parsed = parse_method(method_of(std::move(positional)), {"things make", "", ""}, words);
  if (!parsed) return std::string(name_of(parsed.error().code)) + ": " + parsed.error().message;
  return write_json(parsed->params);
}

TEST(ArgumentsTest, TakesPlacesOptionsAndFlags) {
  EXPECT_EQ(params({"a"}), R"({"name":"a"})");
  EXPECT_EQ(params({"--force", "a", "--count", "3", "--share=0.5"}),
            R"({"name":"a","count":3,"share":5E-1,"force":true})");
  EXPECT_EQ(params({"a", "--color", "blue"}), R"({"name":"a","color":"blue"})");
  EXPECT_EQ(params({"--count", "-3", "--", "-a"}), R"({"name":"-a","count":-3})");
}

TEST(ArgumentsTest, AStringIsNeverReadAsSomethingElse) {
  EXPECT_EQ(params({"17"}), R"({"name":"17"})");
  EXPECT_EQ(params({"{\"x\":1}"}), R"({"name":"{\"x\":1}"})");
}

TEST(ArgumentsTest, ArraysRepeatAndObjectsAreJson) {
  EXPECT_EQ(params({"a", "--tag-names", "x", "--tag-names", "y"}), R"({"name":"a","tag_names":["x","y"]})");
  EXPECT_EQ(params({"a", "x", "y"}, {"name", "tag_names"}), R"({"name":"a","tag_names":["x","y"]})");
  EXPECT_EQ(params({"a", "--mount", "{\"mode\":\"ro\"}"}), R"({"name":"a","mount":{"mode":"ro"}})");
}

TEST(ArgumentsTest, RefusalsNameTheOption) {
  EXPECT_THAT(params({}), AllOf(HasSubstr("invalid_params: things make: name"), HasSubstr("--help")));
  EXPECT_THAT(params({"a", "--count", "x"}), HasSubstr("--count: wanted a whole number, found \"x\""));
  EXPECT_THAT(params({"a", "--mount", "{"}), HasSubstr("--mount: wanted JSON"));
  EXPECT_THAT(params({"a", "--color", "green"}), HasSubstr("green"));
  EXPECT_THAT(params({"a", "--colour", "red"}), HasSubstr("--colour"));
}

TEST(ArgumentsTest, WhatProgramsSetIsNotOffered) {
  const auto catalog = Catalog::built_in();
  const auto* send = catalog.by_alias("send");
  ASSERT_NE(send, nullptr);
  EXPECT_THAT(send->hidden, Contains("key"));
  EXPECT_THAT(method_help(*send, {"send", send->doc, ""}),
              AllOf(HasSubstr("--in-reply-to"), HasSubstr("body"), Not(HasSubstr("--key"))));
}

}  // namespace
}  // namespace hive::host::cli
