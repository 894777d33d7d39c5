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
  EXPECT_TRUE(is_reserved_snapshot_key("source_errors"));
  EXPECT_FALSE(is_reserved_snapshot_key("things"));
}

}  // namespace
}  // namespace hive
