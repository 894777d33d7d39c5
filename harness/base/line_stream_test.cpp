#include "base/line_stream.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <array>
#include <csignal>

namespace hive::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A stream whose other end is in the test's hands.
class LineStreamTest : public ::testing::Test {
 protected:
  LineStreamTest() {
    ::signal(SIGPIPE, SIG_IGN);
    auto in = os::make_pipe(), out = os::make_pipe();
    to = std::move(in->second);
    from = std::move(out->first);
    stream.emplace(event_loop, std::move(in->first), std::move(out->second),
                   LineStream::Limits{.line = 100, .unsent = 1'000},
                   LineStream::Handlers{.line =
                                            [this](std::string_view line) {
                                              lines.emplace_back(line);
                                              if (!reply.empty()) stream->write(reply);
                                            },
                                        .too_long = [this] { lines.emplace_back("(too long)"); },
                                        .ended = [this] { has_ended = true; },
                                        .written = [this] { ++written; },
                                        .skipped = [this](std::string_view part) { skipped += part; }});
  }
  void say(std::string_view text) { ASSERT_EQ(::write(to.get(), text.data(), text.size()), ssize_t(text.size())); }
  void wait_for_lines(std::size_t count) {
    event_loop.run_until([&] { return lines.size() >= count; });
  }
  std::size_t read_some() {
    std::array<char, 65'536> block;
    return std::size_t(::read(from.get(), block.data(), block.size()));
  }

  os::EventLoop event_loop;
  os::Fd to, from;
  std::optional<LineStream> stream;
  std::vector<std::string> lines;
  std::string reply, skipped;
  bool has_ended = false;
  int written = 0;
};

TEST_F(LineStreamTest, LinesComeWholeHoweverTheyAreSent) {
  say("one\ntw");
  wait_for_lines(1);
  say("o\n\nthr");
  wait_for_lines(3);
  say("ee\n");
  wait_for_lines(4);
  EXPECT_THAT(lines, ElementsAre("one", "two", "", "three"));
}

TEST_F(LineStreamTest, ALineOverTheLimitIsNamedOnce) {
  say(std::string(100, 'a') + "\n" + std::string(101, 'b') + "\nc\n");
  wait_for_lines(3);
  EXPECT_EQ(skipped, std::string(101, 'b'));
  say(std::string(50, 'd'));
  event_loop.run_once();
  say(std::string(5'000, 'd'));
  event_loop.run_once();
  EXPECT_EQ(skipped.size(), 101u + 5'050u);
  say("dd\ne\n");
  wait_for_lines(5);
  EXPECT_THAT(lines, ElementsAre(std::string(100, 'a'), "(too long)", "c", "(too long)", "e"));
  EXPECT_EQ(skipped.size(), 101u + 5'052u);
}

TEST_F(LineStreamTest, NothingMoreIsTakenWhileAnswersAreNotRead) {
  reply.assign(200'000, 'r');  // more than a pipe holds
  reply += '\n';
  say("one\ntwo\nthree\n");
  wait_for_lines(1);
  EXPECT_THAT(lines, SizeIs(1));
  EXPECT_GT(stream->unsent(), 100'000u);
  for (std::size_t read = 0; read < 3 * reply.size();) {
    read += read_some();
    if (read < 3 * reply.size()) event_loop.run_once();
  }
  EXPECT_THAT(lines, ElementsAre("one", "two", "three"));
  EXPECT_EQ(stream->unsent(), 0u);
  EXPECT_GT(written, 0);
}

TEST_F(LineStreamTest, AReaderThatGoesAwayEndsIt) {
  from.reset();
  stream->write("x\n");
  EXPECT_TRUE(has_ended);
  stream->write("x\n");
  EXPECT_THAT(lines, IsEmpty());
}

TEST_F(LineStreamTest, TheEndOfInputEndsIt) {
  say("last\n");
  to.reset();
  event_loop.run_until([this] { return has_ended; });
  EXPECT_THAT(lines, ElementsAre("last"));
}

}  // namespace
}  // namespace hive::harness
