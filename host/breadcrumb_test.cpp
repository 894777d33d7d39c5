#include "breadcrumb.hpp"

#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <thread>

namespace hive::host {
namespace {

using ::testing::HasSubstr;

/// What the next run would be told if this one were killed now.
std::string told_after(const std::filesystem::path& file) {
  return *Breadcrumb::open(file);
}

TEST(BreadcrumbTest, AThreadIsNamedHoweverManyHaveEndedBefore) {
  hive::testing::TemporaryFolder folder;
  const auto file = folder.path() / "breadcrumb";
  ASSERT_TRUE(Breadcrumb::open(file));
  for (int i = 0; i < 200; ++i) std::thread([] { const Breadcrumb::Stay stay("reloaded", "work"); }).join();
  std::thread([&] {
    const Breadcrumb::Stay stay("broker", "broker.send");
    EXPECT_THAT(told_after(file), HasSubstr("then ran: broker (broker.send)"));
  }).join();
  EXPECT_THAT(told_after(file), HasSubstr("no handler ran then"));
  Breadcrumb::close();
}

TEST(BreadcrumbTest, ARunThatSaidGoodbyeLeavesNothing) {
  hive::testing::TemporaryFolder folder;
  const auto file = folder.path() / "breadcrumb";
  ASSERT_TRUE(Breadcrumb::open(file));
  Breadcrumb::close();
  EXPECT_EQ(told_after(file), "");
  Breadcrumb::close();
}

}  // namespace
}  // namespace hive::host
