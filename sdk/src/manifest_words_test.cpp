#include <hive/sdk/manifest_words.hpp>

#include <gtest/gtest.h>

namespace hive {
namespace {

TEST(ManifestWordsTest, AWordBeginsWithALetterAndIsShort) {
  for (const auto* word : {"a", "word_count", "probe1"}) EXPECT_TRUE(is_word(word)) << word;
  EXPECT_TRUE(is_word(std::string(kLongestWord, 'a')));
  EXPECT_FALSE(is_word(std::string(kLongestWord + 1, 'a')));
  for (const auto* bad : {"", "1a", "_a", "A", "a-b", "a.b", "a b"}) EXPECT_FALSE(is_word(bad)) << bad;
}

TEST(ManifestWordsTest, ADottedNameIsARoleAndAWord) {
  EXPECT_TRUE(is_dotted("probe1.list"));
  for (const auto* bad : {"a", "a.", ".b", "a.b.c", "A.b"}) EXPECT_FALSE(is_dotted(bad)) << bad;
}

TEST(ManifestWordsTest, ASnapshotNamesAListOfAMethodsAnswer) {
  const auto source = parse_snapshot("things=probe1.list/rows");
  ASSERT_TRUE(source);
  EXPECT_EQ(source->key, "things");
  EXPECT_EQ(source->method, "probe1.list");
  EXPECT_EQ(source->params, "{}");
  EXPECT_EQ(source->member, "rows");
}

TEST(ManifestWordsTest, DigitsAreANumberAndOtherValuesATextInASnapshotsParams) {
  const auto source = parse_snapshot("mail=broker.recent?box=in&limit=200&like=a.b2/messages");
  ASSERT_TRUE(source);
  EXPECT_EQ(source->method, "broker.recent");
  EXPECT_EQ(source->params, R"({"box":"in","limit":200,"like":"a.b2"})");
  EXPECT_EQ(source->member, "messages");
}

TEST(ManifestWordsTest, APartOfAnAgentsPageIsItsRowOfAListOrAMemberOfThatRow) {
  const auto row = parse_snapshot("agent.pot=kitchen.list?size=2/pots");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->of, SnapshotSource::Of::agent);
  EXPECT_EQ(row->key, "pot");
  EXPECT_EQ(row->params, R"({"size":2})");
  EXPECT_EQ(row->member, "pots");
  EXPECT_EQ(row->part, "");
  const auto part = parse_snapshot("agent.lid=kitchen.list/pots/lid");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->member, "pots");
  EXPECT_EQ(part->part, "lid");
}

TEST(ManifestWordsTest, WhatIsNotOfThatFormIsNoSnapshot) {
  for (const auto* bad : {"",
                          "a",
                          "a=b.c",
                          "a=b/c",
                          "a/b.c=d",
                          "=a.b/c",
                          "a=/c",
                          "a=b.c/",
                          "A=b.c/d",
                          "\"x=b.c/d",
                          "a.b=c.d/e",
                          "a=b.c.d/e",
                          "a=b.c/d/e",
                          "agent.=b.c/d",
                          "agent.a.b=b.c/d",
                          "agent.a=b.c/d/",
                          "agent.a=b.c/d/e/f",
                          "robot.a=b.c/d",
                          "a=b.c?/d",
                          "a=b.c?d/e",
                          "a=b.c?d=/e",
                          "a=b.c?=d/e",
                          "a=b.c?d=e&/f",
                          "a=b.c?D=e/f",
                          "a=b.c?d=-1/e",
                          "a=b.c?d=E/f",
                          "a=b.c?d=e=f/g"})
    EXPECT_FALSE(parse_snapshot(bad)) << bad;
  EXPECT_FALSE(parse_snapshot("a=b.c?d=" + std::string(65, 'e') + "/f"));
}

TEST(ManifestWordsTest, ThePagesOwnMembersAreReserved) {
  const auto is_own = [](std::string_view word) { return is_reserved(parse_snapshot(word).value()); };
  EXPECT_TRUE(is_own("source_errors=a.b/c"));
  EXPECT_TRUE(is_own("panels=a.b/c"));
  EXPECT_TRUE(is_own("agent.page=a.b/c"));
  EXPECT_FALSE(is_own("agent.panels=a.b/c"));
  EXPECT_FALSE(is_own("things=a.b/c"));
}

}  // namespace
}  // namespace hive
