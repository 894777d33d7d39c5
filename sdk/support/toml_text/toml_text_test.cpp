#include <hive/toml_text/toml_text.hpp>

#include <gmock/gmock.h>

namespace hive::toml_text {
namespace {

using ::testing::HasSubstr;

std::string repeated(const std::string& piece, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += piece;
  return out;
}

std::string verdict(const std::string& text) {
  const auto parsed = parse(text, "x.toml");
  return parsed ? "accepted" : parsed.error().message;
}

TEST(TomlText, KeepsLines) {
  const auto parsed = parse("a = 1\n[b]\nc = [1,\n 2]\n", "x.toml");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->place_of("b.c"), "x.toml:3");
  EXPECT_EQ(parsed->place_of("b.c[1]"), "x.toml:4");
  EXPECT_EQ(parsed->place_of("b.nothing"), "x.toml:2");
}

TEST(TomlText, AKeyOfManyPartsIsRefusedBeforeItIsRead) {
  const auto parts = repeated("a.", 60'000);
  EXPECT_EQ(verdict("\n" + parts + "a = 1\n"), "x.toml:2: a key has more than 32 parts");
  EXPECT_EQ(verdict("[" + parts + "a]\n"), "x.toml:1: a key has more than 32 parts");
  EXPECT_THAT(verdict("x = {" + parts + "a = 1}\n"), HasSubstr("more than 32 parts"));
  EXPECT_THAT(verdict(repeated("\"a b\" . ", 100) + "c = 1\n"), HasSubstr("more than 32 parts"));
}

TEST(TomlText, DotsElsewhereAreNoParts) {
  const auto dots = repeated(".", 200);
  EXPECT_EQ(verdict("# " + dots + "\na = '" + dots + "'\nb = \"\\\"" + dots + "\""), "accepted");
  EXPECT_EQ(verdict("c = '''\n'" + dots + "\n'''\nd = \"\"\"\\\"" + dots + "\n\"\"\"\ne = [1.5, 2.5]"), "accepted");
  EXPECT_EQ(verdict(repeated("a.", 31) + "a = 1\n"), "accepted");
}

TEST(TomlText, DeepValuesAreRefused) {
  const auto piece = repeated("a.", 20) + "a = {";
  EXPECT_THAT(verdict("x = {" + repeated(piece, 200) + repeated("}", 201)), HasSubstr("more than 64 levels deep"));
  EXPECT_THAT(verdict("x = " + repeated("[", 100) + repeated("]", 100)), HasSubstr("more than 64 levels deep"));
  EXPECT_THAT(verdict("x = " + repeated("[", 100'000)), HasSubstr("x.toml:1"));
  EXPECT_EQ(verdict("x = " + repeated("[", 60) + repeated("]", 60)), "accepted");
}

}  // namespace
}  // namespace hive::toml_text
