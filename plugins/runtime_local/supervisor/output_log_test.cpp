#include "output_log.hpp"

#include <hive/testing/temporary_folder.hpp>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

namespace hive::supervisor {
namespace {

namespace fs = std::filesystem;

class OutputLogTest : public ::testing::Test {
 protected:
  OutputLog open(LogSize size = {}) { return std::move(*OutputLog::open(folder_.path(), size)); }
  runtime::LogLines after(std::int64_t cursor, std::size_t lines = 1'000) {
    return read_log(folder_.path(), {.after = cursor, .lines = lines});
  }
  std::size_t files() {
    return std::size_t(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()));
  }

  testing::TemporaryFolder folder_;
  const Time now_{1'700'000'000'000};
};

TEST_F(OutputLogTest, LinesHaveGrowingCursors) {
  auto log = open();
  EXPECT_EQ(log.cursor(), 0);
  log.add("out", "one", now_);
  log.add("err", "two", now_);
  EXPECT_EQ(log.cursor(), 2);
  const auto lines = after(1);
  ASSERT_EQ(lines.lines.size(), 1u);
  EXPECT_EQ(lines.lines[0].text, "two");
  EXPECT_EQ(lines.lines[0].stream, "err");
  EXPECT_EQ(lines.lines[0].at, now_);
  EXPECT_EQ(lines.cursor, 2);
}

TEST_F(OutputLogTest, GoesOnAfterItsLastWholeLine) {
  {
    auto log = open();
    log.add("out", "one", now_);
    log.add("out", "two", now_);
  }
  const auto file = fs::directory_iterator(folder_.path())->path();
  fs::resize_file(file, fs::file_size(file) - 3);  // as a power cut would
  auto log = open();
  EXPECT_EQ(log.cursor(), 1);
  log.add("out", "again", now_);
  EXPECT_EQ(after(1).lines.at(0).text, "again");
}

TEST_F(OutputLogTest, AFileThatCouldNotBeMendedIsOpenedAgainAndTheGapIsSaid) {
  auto log = open();
  log.add("out", "one", now_);
  const auto file = fs::directory_iterator(folder_.path())->path();
  int broken = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code closed;  // the descriptor that lists this folder
    if (fs::read_symlink(entry, closed) == file) broken = std::atoi(entry.path().filename().c_str());
  }
  ASSERT_GT(broken, 0);
  const os::Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));  // neither written to nor cut
  ASSERT_EQ(::dup2(full.get(), broken), broken);
  fs::rename(file, file.string() + ".away");
  fs::create_directory(file);
  log.add("out", "two", now_);
  log.add("out", "three", now_);
  EXPECT_EQ(log.lost(), 2);
  fs::remove(file);
  fs::rename(file.string() + ".away", file);
  log.add("out", "four", now_);
  EXPECT_EQ(log.lost(), 2);
  std::vector<std::string> texts;
  for (const auto& line : after(0).lines) texts.push_back(line.text);
  EXPECT_THAT(texts, ::testing::ElementsAre("one", "2 lines are missing here: they could not be written", "four"));
  EXPECT_EQ(log.cursor(), 3);
}

TEST_F(OutputLogTest, OldFilesGoAndLeaveAGap) {
  auto log = open({.file_bytes = 1'000, .files = 3});
  for (int i = 1; i <= 200; ++i) log.add("out", "line " + std::to_string(i), now_);
  EXPECT_EQ(files(), 3u);
  const auto lines = after(0);
  EXPECT_GT(lines.lines.front().cursor, 1);
  EXPECT_EQ(lines.lines.back().text, "line 200");
  for (std::size_t i = 1; i < lines.lines.size(); ++i) EXPECT_EQ(lines.lines[i].cursor, lines.lines[i - 1].cursor + 1);
}

TEST_F(OutputLogTest, TheNewestLinesAreReadOverFiles) {
  auto log = open({.file_bytes = 1'000, .files = 10});
  for (int i = 1; i <= 50; ++i) log.add("out", "line " + std::to_string(i), now_);
  const auto lines = read_log(folder_.path(), {.lines = 30});
  ASSERT_EQ(lines.lines.size(), 30u);
  EXPECT_EQ(lines.lines.front().text, "line 21");
  EXPECT_EQ(lines.lines.back().text, "line 50");
}

TEST_F(OutputLogTest, AReplyIsBounded) {
  auto log = open();
  for (int i = 0; i < 100; ++i) log.add("out", std::string(8'000, 'x'), now_);
  const auto oldest = read_log(folder_.path(), {.after = 0, .lines = 1'000, .bytes = 80'000});
  EXPECT_LE(oldest.lines.size(), 11u);
  EXPECT_EQ(oldest.lines.front().cursor, 1);
  const auto newest = read_log(folder_.path(), {.lines = 1'000, .bytes = 80'000});
  EXPECT_LE(newest.lines.size(), 11u);
  EXPECT_EQ(newest.lines.back().cursor, 100);
}

TEST_F(OutputLogTest, LongLinesBecomeSeveralWithoutSplittingACharacter) {
  auto log = open();
  log.add("out", std::string(kLogTextBytes - 1, 'a') + "é" + "b", now_);
  const auto lines = after(0);
  ASSERT_EQ(lines.lines.size(), 2u);
  EXPECT_EQ(lines.lines[0].text, std::string(kLogTextBytes - 1, 'a'));
  EXPECT_EQ(lines.lines[1].text, "éb");
}

TEST_F(OutputLogTest, AnyBytesBecomeText) {
  auto log = open();
  log.add("out", std::string("a\0b\x1b[1m\xff", 9), now_);
  EXPECT_EQ(after(0).lines.at(0).text, std::string("a\0b\x1b[1m\xEF\xBF\xBD", 11));
}

TEST(CleanUtf8, ReplacesWhatIsNone) {
  EXPECT_EQ(clean_utf8("grüße €😀"), "grüße €😀");
  const std::string bad = "\xEF\xBF\xBD";
  for (const char* text : {"\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82"})
    EXPECT_THAT(clean_utf8(text), ::testing::StartsWith(bad)) << text;
}

TEST(ReadLog, AFolderThatIsNotThereHasNone) {
  EXPECT_TRUE(read_log("/nonexistent", {}).lines.empty());
}

}  // namespace
}  // namespace hive::supervisor
