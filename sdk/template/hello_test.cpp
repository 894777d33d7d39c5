#include "hello.hpp"

#include <gtest/gtest.h>
#include <hive/testing/temporary_folder.hpp>
#include <hive/testing/test_host.hpp>

TEST(HelloTest, GreetsAndTellsItAndRemembersIt) {
  hive::testing::TemporaryFolder root;
  hive::testing::TestHost host(root.path());
  ASSERT_TRUE(host.load<hello::Hello>());
  const auto answer = host.call("operator", hello::kGreet, hello::Name{"alice"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(host.published(hello::kGreeted).size(), 1u);
  host.unload();
  ASSERT_TRUE(host.load<hello::Hello>());
  const auto listed = host.call("operator", hello::kList, hive::None{});
  ASSERT_TRUE(listed && listed->names.size() == 1);
  EXPECT_EQ(listed->names[0].name, "alice");
}
