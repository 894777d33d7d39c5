#include "files.hpp"

#include <hive/testing/temporary_folder.hpp>
#include <hive/testing/test_host.hpp>
#include <hive/utf8/utf8.hpp>

#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "text_file.hpp"

namespace hive::files {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class FilesTest : public ::testing::Test {
 protected:
  FilesTest() {
    fs::create_directories(root_ / "agents/alice/state");
    fs::create_directories(root_ / "shared/alice");
    EXPECT_TRUE(host_.load<Files>());
  }
  void write(const std::string& file, const std::string& text) { std::ofstream(root_ / file) << text; }
  Result<File> read(const std::string& path, std::int64_t offset = 0) {
    return host_.call("operator", kRead, Read{path, offset});
  }
  Result<File> read_state(const std::string& name, const std::string& path) {
    return host_.call("manager", kReadState, ReadState{name, path});
  }
  /// All of it, piece by piece, each of which fits into an answer.
  std::string whole(const std::string& path) {
    std::string out;
    std::optional<std::int64_t> offset = 0;
    while (offset) {
      const auto piece = read(path, *offset);
      EXPECT_TRUE(piece) << piece.error().message;
      if (!piece) return out;
      EXPECT_LT(encode_text(*piece).size(), (1u << 20) - 4'096u);
      out += piece->text;
      EXPECT_TRUE(!piece->next || *piece->next > *offset);
      offset = piece->next;
    }
    return out;
  }

  const testing::TemporaryFolder folder_;
  const fs::path root_ = folder_.path();
  testing::TestHost host_{folder_.path()};
};

TEST_F(FilesTest, ReadsAStateAndWhatIsShared) {
  write("agents/alice/state/notes.md", "# grüße\n\x1b[1m");
  write("shared/alice/plan.md", "");
  const auto notes = read((root_ / "agents/alice/state/notes.md").string());
  ASSERT_TRUE(notes) << notes.error().message;
  EXPECT_EQ(notes->path, "/agents/alice/state/notes.md");
  EXPECT_EQ(notes->text, "# grüße\n\x1b[1m");
  EXPECT_EQ(notes->bytes, 14);
  EXPECT_FALSE(notes->next);
  EXPECT_LE(std::abs(notes->modified.ms - wall_time().ms), 3'600'000);
  EXPECT_EQ(read("/shared/alice/plan.md")->text, "");
}

TEST_F(FilesTest, TheManagerNamesAStateAndAFileInIt) {
  write("agents/alice/state/notes.md", "n");
  write("shared/alice/plan.md", "p");
  EXPECT_EQ(read_state("alice", "notes.md")->path, "/agents/alice/state/notes.md");
  EXPECT_EQ(read_state("alice", "/state/notes.md")->text, "n");
  EXPECT_EQ(read_state("bob", "notes.md").error().code, Code::not_found);
  for (const auto* path : {"../config/agent.toml", "/state/../../bob/state/x", "/agents/bob/state/x",
                           "/shared/alice/plan.md", "/etc/passwd"})
    EXPECT_EQ(read_state("alice", path).error().code, Code::invalid_params) << path;
  EXPECT_EQ(read_state("alice", "").error().code, Code::forbidden);
  EXPECT_EQ(read_state("../alice", "notes.md").error().code, Code::invalid_params);
}

TEST_F(FilesTest, LinksAndOtherPlacesAreRefusedInASentence) {
  fs::create_directories(root_ / "run");
  write("run/operator.key", "secret");
  fs::create_symlink("../../../run/operator.key", root_ / "agents/alice/state/link");
  const auto link = read("/agents/alice/state/link");
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, Code::forbidden);
  EXPECT_THAT(link.error().message, HasSubstr("files: /agents/alice/state/link is a link"));
  EXPECT_EQ(read((root_ / "run/operator.key").string()).error().code, Code::forbidden);
  EXPECT_EQ(read("/shared/../run/operator.key").error().code, Code::invalid_params);
  EXPECT_EQ(read("/shared/" + std::string(4'089, 'x')).error().code, Code::invalid_params);
  EXPECT_EQ(read("/shared/" + std::string(4'000, 'x')).error().code, Code::invalid_params);
}

TEST_F(FilesTest, OnlyTextIsShown) {
  for (const std::string& bytes :
       {std::string("a\0b", 3), std::string("\xFF\xFE"), std::string("caf\xE9"), std::string("\xE2\x82")}) {
    write("shared/alice/bytes", bytes);
    const auto shown = read("/shared/alice/bytes");
    ASSERT_FALSE(shown);
    EXPECT_EQ(shown.error().code, Code::invalid_params);
    EXPECT_THAT(shown.error().message, HasSubstr("is not a text (" + std::to_string(bytes.size()) + " bytes)"));
  }
}

TEST_F(FilesTest, OneMebibyteIsTheLimitAndComesWhole) {
  std::string text;
  while (text.size() < kMostBytes) text += "ü\n\"x\"\t€\x01";
  text.resize(kMostBytes - 3);
  text.resize(text.find_last_of('\n') + 1);
  text.resize(kMostBytes, 'z');
  write("shared/alice/big", text);
  EXPECT_EQ(read("/shared/alice/big")->bytes, kMostBytes);
  EXPECT_EQ(whole("/shared/alice/big"), text);
  write("shared/alice/control", std::string(kMostBytes, '\x1b'));
  EXPECT_EQ(whole("/shared/alice/control"), std::string(kMostBytes, '\x1b'));
  write("shared/alice/big", text + "z");
  EXPECT_EQ(read("/shared/alice/big").error().code, Code::too_large);
  fs::resize_file(root_ / "shared/alice/big", std::uintmax_t(1) << 40);
  const auto huge = read("/shared/alice/big");
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().code, Code::too_large);
  EXPECT_THAT(huge.error().message, HasSubstr("1099511627776 bytes"));
}

TEST_F(FilesTest, AnOffsetIsWhereACharacterBegins) {
  write("shared/alice/text", "aüb");
  EXPECT_EQ(read("/shared/alice/text", 1)->text, "üb");
  EXPECT_EQ(read("/shared/alice/text", 4)->text, "");
  for (const int offset : {2, 5})
    EXPECT_THAT(read("/shared/alice/text", offset).error().message, HasSubstr("offset: no character"));
  EXPECT_EQ(read("/shared/alice/text", -1).error().code, Code::invalid_params);
}

TEST_F(FilesTest, AFileThatIsWrittenMeanwhileIsReadOrRefused) {
  constexpr int kLeast = 300, kMost = 100'000;  // reads
  const auto text_of = [](std::int64_t bytes) {
    std::string out;
    while (std::int64_t(out.size()) < bytes) out += "ü€";
    return out;
  };
  // Only the middle one is too large; what is read while one takes another's place may end within a character.
  const std::vector<std::string> texts{text_of(10), text_of(kMostBytes + 10), text_of(kMostBytes / 2)};
  write("shared/alice/busy", texts[0]);
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (std::size_t i = 0; !done; ++i) write("shared/alice/busy", texts[i % texts.size()]);
  });
  int shown = 0, refused = 0;
  for (int i = 0; i < kMost && (i < kLeast || shown == 0 || refused == 0); ++i) {
    const auto got = read("/shared/alice/busy");
    ++(got ? shown : refused);
    if (!got) continue;
    EXPECT_TRUE(utf8::is_valid(got->text));
    EXPECT_EQ(std::int64_t(got->text.size()), got->next.value_or(got->bytes));
    EXPECT_EQ(got->text, texts[1].substr(0, got->text.size()));
  }
  done = true;
  writer.join();
  EXPECT_GT(shown, 0);
  EXPECT_GT(refused, 0);
}

TEST(PieceTest, HasWholeCharactersWhoseJsonFits) {
  EXPECT_EQ(piece_of("", 10), "");
  EXPECT_EQ(piece_of("abc", 3), "abc");
  EXPECT_EQ(piece_of("abc", 2), "ab");
  EXPECT_EQ(piece_of("a\nb", 2), "a");
  EXPECT_EQ(piece_of("a\nb", 3), "a\n");
  EXPECT_EQ(piece_of("ü€", 4), "ü");
  EXPECT_EQ(piece_of("\x01x", 6), "\x01");
  const std::string all = "a\"\\\b\f\n\r\t\x01\x1f\x7fü€🐝/";
  EXPECT_EQ(piece_of(all, write_json(json::string(all)).size() - 2), all);
  EXPECT_LT(piece_of(all, write_json(json::string(all)).size() - 3).size(), all.size());
}

}  // namespace
}  // namespace hive::files
