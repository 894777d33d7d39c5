#include <hive/utf8/utf8.hpp>

#include <gtest/gtest.h>

#include <string>

namespace hive::utf8 {
namespace {

TEST(Utf8Test, KnowsTextFromBytes) {
  EXPECT_TRUE(is_valid(""));
  EXPECT_TRUE(is_valid("a\xC3\xBC\xE2\x82\xAC\xF0\x9F\x90\x9D"));
  for (const std::string_view bad : {"\x80", "\xC0\xAF", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                                     "\xF4\x90\x80\x80", "\xFF", "\xE2\x82", "\xF0\x9F\x90", "\xE2\x82\x41"})
    EXPECT_FALSE(is_valid("a" + std::string(bad))) << bad;
}

TEST(Utf8Test, ReadsCharacters) {
  const auto reads = [](std::string_view text, std::uint32_t point, std::size_t bytes) {
    const auto read = first_of(text);
    return read.point == point && read.bytes == bytes;
  };
  EXPECT_TRUE(reads("ab", 'a', 1));
  EXPECT_TRUE(reads("\xC3\xBC", 0xFC, 2));
  EXPECT_TRUE(reads("\xE2\x82\xAC", 0x20AC, 3));
  EXPECT_TRUE(reads("\xF0\x9F\x90\x9D", 0x1F41D, 4));
  EXPECT_TRUE(reads("", 0, 0));
}

TEST(Utf8Test, ABeginningEndsBetweenCharacters) {
  EXPECT_EQ(beginning_of("abc", 3), "abc");
  EXPECT_EQ(beginning_of("abc", 2), "ab");
  EXPECT_EQ(beginning_of("a\xE2\x82\xAC", 3), "a");
  EXPECT_EQ(beginning_of("a\xE2\x82\xAC", 4), "a\xE2\x82\xAC");
  EXPECT_EQ(beginning_of("\xF0\x9F\x90\x9D", 3), "");
}

TEST(Utf8Test, FindsWhatCannotBeSeen) {
  EXPECT_FALSE(has_unseen("/shared/alice/grüße € 漢字 🐝 +~.md"));
  for (const std::string_view unseen :
       {"\n", "\r", "\t", "\x1b", "\x7f", "\xC2\x85", "\xC2\xAD", "\xD8\x9C", "\xE2\x80\x8B", "\xE2\x80\x8D",
        "\xE2\x80\xAE", "\xE2\x80\xA8", "\xE2\x81\xA6", "\xEF\xBB\xBF", "\xF3\xA0\x80\xA1", "\xE3\x85\xA4", "\xCD\x8F"})
    EXPECT_TRUE(has_unseen("a" + std::string(unseen) + "b")) << unseen;
  EXPECT_TRUE(has_unseen(std::string_view("a\0b", 3)));
}

TEST(Utf8Test, KnowsJoinersFromWhatNoTextNeeds) {
  EXPECT_TRUE(is_joiner(0x200C) && is_unseen(0x200C));
  EXPECT_TRUE(is_joiner(0x200D) && is_unseen(0x200D));
  EXPECT_FALSE(is_joiner(0x200B) || is_joiner(0x200E) || is_joiner('a'));
  EXPECT_FALSE(is_unseen(0xFE0F) || is_unseen(0x180B)) << "emoji and Mongolian are written with selectors";
}

TEST(Utf8Test, PutsAMarkInThePlaceOfWhatCannotBeSeen) {
  EXPECT_EQ(without_unseen("\x1b[31mgr\xC3\xBC\xC3\x9F\n\xE2\x80\xAE\xFF\xC3", '?'), "?[31mgr\xC3\xBC\xC3\x9F????");
  EXPECT_EQ(without_unseen("", '?'), "");
}

}  // namespace
}  // namespace hive::utf8
