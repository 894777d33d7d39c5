#include "log.hpp"

#include <hive/os/files.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>

namespace hive::host {
namespace {

using ::testing::EndsWith;

TEST(LogTest, WhatAnAgentWroteIsOneLineAndCommandsNoTerminal) {
  hive::testing::TemporaryFolder folder;
  Log log(abi::Level::info);
  ASSERT_TRUE(log.add_file(folder.path()));
  log.write("host", abi::Level::info, "a\nb\x1b[2J\x7f\xc2\x9b\x31m\xe2\x80\xae\xff é");
  EXPECT_THAT(*os::read_file(folder.path() / "host.log"), EndsWith("a b [2J  1m   é\n"));
}

}  // namespace
}  // namespace hive::host
