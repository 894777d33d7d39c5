#include "claude/own_files.hpp"

#include <hive/os/files.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <fstream>

namespace hive::harness {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

class OwnFilesTest : public ::testing::Test {
 protected:
  OwnFilesTest() { std::filesystem::create_directories(home.path() / ".claude/backups"); }
  void write(const std::string& name, std::string_view text) { std::ofstream(home.path() / name) << text; }
  std::string read(const std::string& name) {
    auto text = os::read_file(home.path() / name);
    return text ? *text : "(none)";
  }
  void backup(std::string_view time, std::string_view text) {
    write(".claude/backups/.claude.json.backup." + std::string(time), text);
  }

  TemporaryFolder home;
};

TEST_F(OwnFilesTest, WhatIsWholeOrNotThereStaysAsItIs) {
  EXPECT_EQ(mend_cli_files(home.path()), std::nullopt);
  for (const auto* whole : {R"({"a":"\ud83d"})", "[]", "{\n  \"a\": 1\n}\n"}) {
    write(".claude.json", whole);
    EXPECT_EQ(mend_cli_files(home.path()), std::nullopt) << whole;
    EXPECT_EQ(read(".claude.json"), whole);
  }
}

TEST_F(OwnFilesTest, ADamagedOneIsReplacedByTheNewestBackupThatCanBeRead) {
  backup("1796014076071", R"({"age":"old"})");
  backup("1796014076072", R"({"age":"new"})");
  backup("1796014076073", "{");
  for (const auto& damage : {std::string(), std::string(R"({"a":)"), std::string(300, '\0')}) {
    write(".claude.json", damage);
    const auto said = mend_cli_files(home.path());
    ASSERT_TRUE(said);
    EXPECT_THAT(*said, HasSubstr((home.path() / ".claude.json").string() + " is damaged"));
    EXPECT_EQ(read(".claude.json"), R"({"age":"new"})");
    EXPECT_EQ(read(".claude.json.damaged"), damage);
  }
}

TEST_F(OwnFilesTest, WithoutABackupItIsSetAside) {
  write(".claude.json", "");
  EXPECT_THAT(*mend_cli_files(home.path()), HasSubstr("begins a new one"));
  EXPECT_EQ(read(".claude.json"), "(none)");
}

}  // namespace
}  // namespace hive::harness
