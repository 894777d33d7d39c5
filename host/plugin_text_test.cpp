#include "plugin_text.hpp"

#include <gmock/gmock.h>

namespace hive::host {
namespace {

using ::testing::IsEmpty;

Result<MethodNames> names_in(std::string_view about) {
  return names_of({"kitchen.cook", std::uint32_t(Who::operators), 1'000, about});
}

TEST(PluginTextTest, AMethodHasTheNamesThatItGivesItself) {
  const auto names = names_in(R"({"tool":{"name":"cook","description":"Cooks."},"cli":{"alias":"fry"},)"
                              R"("http":[{"verb":"POST","path":"/cook"}],"from_pages":false})");
  ASSERT_TRUE(names) << names.error().message;
  EXPECT_EQ(names->tool, "cook");
  EXPECT_EQ(names->alias, "fry");
  ASSERT_EQ(names->addresses.size(), 1U);
  EXPECT_EQ(names->addresses[0].path, "/cook");
  EXPECT_FALSE(names->from_pages);
}

TEST(PluginTextTest, AMethodMaySayLessOrMoreThanThisHostKnows) {
  for (const auto* about : {"", "{}", R"({"doc":"Cooks.","later":{"than":"this"},"tool":null})"}) {
    const auto names = names_in(about);
    ASSERT_TRUE(names) << about << ": " << names.error().message;
    EXPECT_EQ(names->tool + names->alias, "");
    EXPECT_THAT(names->addresses, IsEmpty());
    EXPECT_TRUE(names->from_pages);
  }
}

TEST(PluginTextTest, AMethodThatSaysSomethingOfAnotherTypeIsLeftOut) {
  const auto names = names_in(R"({"http":[{"verb":7}]})");
  ASSERT_FALSE(names);
  EXPECT_EQ(names.error().message,
            "kitchen.cook: is left out: its description has a flaw: http[0].verb: wanted a string");
}

}  // namespace
}  // namespace hive::host
