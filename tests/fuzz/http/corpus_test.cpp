#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "gate_input.hpp"

namespace hive::http {
namespace {

namespace fs = std::filesystem;

TEST(GateCorpusTest, NothingThatWasEverFoundBreaksARule) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(HIVE_SOURCE_DIR "/tests/fuzz/http/corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(broken_rule(input), "") << entry.path();
    ++count;
  }
  EXPECT_GT(count, 20u);
}

}  // namespace
}  // namespace hive::http
