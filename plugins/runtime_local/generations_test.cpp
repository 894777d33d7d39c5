#include "generations.hpp"

#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <fstream>

namespace hive::runtime_local {
namespace {

class GenerationsTest : public ::testing::Test {
 protected:
  Generation with(const std::string& revision) {
    Generation out{.revision = revision, .made_at = {1}};
    out.toml.model = "sonnet";
    return out;
  }

  testing::TemporaryFolder folder_;
  Generations generations_{folder_.path() / "alice"};
};

TEST_F(GenerationsTest, NoneIsActiveAtFirst) {
  EXPECT_EQ(generations_.active().error().code, Code::not_found);
  EXPECT_EQ(generations_.activate("1").error().code, Code::not_found);
}

TEST_F(GenerationsTest, WhatWasAddedCanBeActivated) {
  ASSERT_EQ(*generations_.add(with("aaa")), "1");
  ASSERT_EQ(*generations_.add(with("bbb")), "2");
  ASSERT_TRUE(generations_.activate("1"));
  EXPECT_EQ(generations_.active()->generation.revision, "aaa");
  EXPECT_EQ(generations_.active()->generation.toml.model, "sonnet");
  ASSERT_TRUE(generations_.activate("2"));
  EXPECT_EQ(generations_.active()->id, "2");
}

TEST_F(GenerationsTest, OnlyNumbersAreGenerations) {
  ASSERT_TRUE(generations_.add(with("aaa")));
  for (const char* id : {"", ".", "..", "../alice/1", "1/", "current", "01x"})
    EXPECT_EQ(generations_.activate(id).error().code, Code::not_found) << id;
  EXPECT_EQ(generations_.discard("../../x").error().code, Code::not_found);
}

TEST_F(GenerationsTest, TheActiveOneIsNotDiscarded) {
  ASSERT_TRUE(generations_.add(with("aaa")));
  ASSERT_TRUE(generations_.add(with("bbb")));
  ASSERT_TRUE(generations_.activate("1"));
  EXPECT_EQ(generations_.discard("1").error().code, Code::conflict);
  EXPECT_TRUE(generations_.discard("2"));
  EXPECT_TRUE(generations_.discard("2"));
  EXPECT_EQ(generations_.activate("2").error().code, Code::not_found);
}

TEST_F(GenerationsTest, TenAreKeptAndTheActiveOne) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(generations_.add(with("old")));
  ASSERT_TRUE(generations_.activate("2"));
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(generations_.add(with("new")));
  EXPECT_EQ(generations_.active()->id, "2");
  EXPECT_EQ(generations_.activate("1").error().code, Code::not_found);
  EXPECT_EQ(generations_.activate("5").error().code, Code::not_found);
  EXPECT_TRUE(generations_.activate("6"));
}

TEST_F(GenerationsTest, AFolderThatACrashLeftHalfIsNotActivated) {
  ASSERT_TRUE(generations_.add(with("aaa")));
  std::filesystem::create_directories(folder_.path() / "alice/2");
  EXPECT_EQ(generations_.activate("2").error().code, Code::not_found);
  EXPECT_EQ(*generations_.add(with("bbb")), "3");
}

TEST_F(GenerationsTest, ADamagedFileIsNamed) {
  ASSERT_TRUE(generations_.add(with("aaa")));
  ASSERT_TRUE(generations_.activate("1"));
  std::ofstream(folder_.path() / "alice/1/settings.json") << "{";
  EXPECT_EQ(generations_.active().error().code, Code::internal);
  EXPECT_THAT(generations_.active().error().message, ::testing::HasSubstr("alice/1/settings.json"));
}

}  // namespace
}  // namespace hive::runtime_local
