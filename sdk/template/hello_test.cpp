#include "hello.hpp"

#include <gtest/gtest.h>
#include <hive/testing/temporary_folder.hpp>
#include <hive/testing/test_host.hpp>

TEST(HelloTest, GreetsAndTellsIt) {
  hive::testing::TemporaryFolder root;
  hive::testing::TestHost host(root.path());
  ASSERT_TRUE(host.load<hello::Hello>());
  const auto answer = host.call("operator", hello::kGreet, hello::Name{"alice"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->name, "hello, alice");
  EXPECT_EQ(host.published(hello::kGreeted).size(), 1u);
}

TEST(HelloTest, RefusesALongName) {
  hive::testing::TemporaryFolder root;
  hive::testing::TestHost host(root.path());
  ASSERT_TRUE(host.load<hello::Hello>());
  const auto answer = host.call("operator", hello::kGreet, hello::Name{std::string(65, 'a')});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, hive::Code::invalid_params);
}
