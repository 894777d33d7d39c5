#include <hive/http/assets.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace hive::http {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class AssetsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "hive-assets-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    write("index.html", "<!doctype html>" + std::string(2'000, ' '));
    write("panels/app.js", std::string(5'000, 'x'));
    write("tiny.css", "a{}");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  Assets load() const {
    auto loaded = Assets::load(folder_);
    EXPECT_TRUE(loaded) << loaded.error().message;
    return std::move(*loaded);
  }
  static Request asking(std::string name, std::string value) {
    Request request;
    request.headers.push_back({std::move(name), std::move(value)});
    return request;
  }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& h : response.headers)
      if (h.name == name) return h.value;
    return {};
  }

  fs::path folder_;
};

TEST_F(AssetsTest, VersionedPathsAreImmutableAndPlainOnesAreAskedAgain) {
  const auto assets = load();
  const auto fixed = assets.answer({}, assets.path("panels/app.js"));
  EXPECT_EQ(fixed.status, 200);
  EXPECT_EQ(fixed.type, "text/javascript; charset=utf-8");
  EXPECT_EQ(fixed.shared->size(), 5'000u);
  EXPECT_THAT(header(fixed, "Cache-Control"), HasSubstr("immutable"));
  EXPECT_EQ(header(assets.answer({}, "index.html"), "Cache-Control"), "no-cache");
  EXPECT_EQ(assets.answer({}, "0123456789abcdef0123/index.html").status, 404);
  EXPECT_EQ(assets.answer({}, "../index.html").status, 404);
  EXPECT_EQ(assets.answer({}, "").status, 404);
}

TEST_F(AssetsTest, AnyChangeMakesAnotherVersion) {
  const auto before = load().version();
  EXPECT_EQ(load().version(), before);
  write("tiny.css", "b{}");
  EXPECT_NE(load().version(), before);
}

TEST_F(AssetsTest, CompressesForThoseThatTakeIt) {
  const auto assets = load();
  const auto coding = [&](std::string accepted, std::string_view name) {
    return header(assets.answer(asking("accept-encoding", std::move(accepted)), name), "Content-Encoding");
  };
  EXPECT_EQ(coding("br, gzip;q=0.8", "index.html"), "gzip");
  EXPECT_EQ(coding("*", "index.html"), "gzip");
  EXPECT_EQ(coding("gzip;q=0", "index.html"), "");
  EXPECT_EQ(coding("gzip; q=0.000, *", "index.html"), "");
  EXPECT_EQ(coding("identity", "index.html"), "");
  EXPECT_EQ(coding("gzip", "tiny.css"), "") << "it would grow";
  const auto small = assets.answer(asking("accept-encoding", "gzip"), "index.html");
  EXPECT_LT(small.shared->size(), 200u);
  EXPECT_EQ(header(small, "Vary"), "Accept-Encoding");
}

TEST_F(AssetsTest, AnswersThatNothingChanged) {
  const auto assets = load();
  const auto tag = header(assets.answer({}, "index.html"), "ETag");
  for (const auto& asked : {tag, "\"x\", W/" + tag, std::string("*")}) {
    const auto answer = assets.answer(asking("if-none-match", asked), "index.html");
    EXPECT_EQ(answer.status, 304) << asked;
    EXPECT_EQ(answer.shared, nullptr);
  }
  EXPECT_EQ(assets.answer(asking("if-none-match", "\"x\""), "index.html").status, 200);
}

TEST_F(AssetsTest, LeavesOutHiddenFilesAndLinks) {
  write(".hidden.js", "secret");
  write(".git/config.txt", "secret");
  fs::create_symlink("/etc/passwd", folder_ / "link.txt");
  const auto assets = load();
  EXPECT_FALSE(assets.file(".hidden.js"));
  EXPECT_FALSE(assets.file(".git/config.txt"));
  EXPECT_FALSE(assets.file("link.txt"));
}

TEST_F(AssetsTest, RefusesWhatItCannotServe) {
  write("program.exe", "x");
  const auto loaded = Assets::load(folder_);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("program.exe: has the suffix '.exe'"));
  fs::remove(folder_ / "program.exe");
  write("large.js", "");
  fs::resize_file(folder_ / "large.js", Assets::kMostFileBytes + 1);
  EXPECT_EQ(Assets::load(folder_).error().code, Code::too_large);
  EXPECT_EQ(Assets::load(folder_ / "none").error().code, Code::not_found);
}

}  // namespace
}  // namespace hive::http
