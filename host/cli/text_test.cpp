#include "text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hive::host::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(VisibleTest, ShowsWhatWouldActOnATerminal) {
  EXPECT_EQ(visible("a\x1b[31mb\x07", Lines::keep), "a␛[31mb␇");
  EXPECT_EQ(visible("\x7f", Lines::keep), "␡");
  EXPECT_EQ(visible("\xc2\x9b"
                    "2J",
                    Lines::keep),
            "<U+009B>2J");
  EXPECT_EQ(visible("a\u202eb", Lines::keep), "a<U+202E>b");
  EXPECT_EQ(visible("a\rb", Lines::keep), "a␍b");
}

TEST(VisibleTest, ShowsWhatCannotBeSeen) {
  EXPECT_EQ(visible("a\u200bb\u2028c\u00add\u3164", Lines::keep), "a<U+200B>b<U+2028>c<U+00AD>d<U+3164>");
  EXPECT_EQ(visible("\U000E0041", Lines::join), "<U+E0041>");
}

TEST(VisibleTest, LeavesWordsOfAnyLanguage) {
  EXPECT_EQ(visible("grüße 日本 🐝", Lines::keep), "grüße 日本 🐝");
  for (const std::string_view joined : {"👩\u200d💻", "می\u200cشود", "❤\ufe0f"})
    EXPECT_EQ(visible(joined, Lines::keep), joined);
  EXPECT_EQ(visible("\xff", Lines::keep), "<U+00FF>");
  EXPECT_EQ(visible("\xc3\x1b[31m", Lines::keep), "<U+00C3>␛[31m") << "a byte that is no character hides no other";
}

TEST(VisibleTest, JoinsLinesForACell) {
  EXPECT_EQ(visible("a\n\tb", Lines::keep), "a\n\tb");
  EXPECT_EQ(visible("a\n\tb", Lines::join), "a  b");
}

TEST(TableTest, AlignsByWhatIsShownAndLeavesOutEmptyColumns) {
  const std::vector<std::string> titles{"NAME", "NOTE", "STATE"};
  const std::vector<std::vector<std::string>> rows{{"älice", "", "running"}, {"bob", "", "stopped"}};
  EXPECT_EQ(table(titles, rows, 0), "NAME   STATE\nälice  running\nbob    stopped\n");
}

TEST(TableTest, CutsTheLastColumn) {
  const std::vector<std::string> titles{"ID", "BODY"};
  const std::vector<std::vector<std::string>> rows{{"1", "0123456789012345678901234567890"}};
  EXPECT_EQ(table(titles, rows, 20), "ID  BODY\n1   012345678901234…\n");
}

TEST(AgoTest, TakesTheLargestUnit) {
  const Time now{100'000'000'000};
  const auto before = [&](std::int64_t seconds) { return ago(Time{now.ms - seconds * 1'000}, now); };
  EXPECT_EQ(before(0), "now");
  EXPECT_EQ(before(-5), "now");
  EXPECT_EQ(before(59), "59s");
  EXPECT_EQ(before(61), "1m");
  EXPECT_EQ(before(47 * 3'600), "47h");
  EXPECT_EQ(before(48 * 3'600), "2d");
}

}  // namespace
}  // namespace hive::host::cli
