#include "plugin_graph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hive::host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PluginGraph, ProvidersComeFirst) {
  const auto order = order_plugins({{"turns", {"turns"}, {"broker"}},
                                    {"lifecycle", {"lifecycle"}, {"turns", "runtime"}},
                                    {"broker", {"broker"}, {}},
                                    {"local", {"runtime"}, {}}});
  EXPECT_THAT(order.sequence, ElementsAre(2, 0, 3, 1));
  EXPECT_THAT(order.refused, IsEmpty());
}

TEST(PluginGraph, ASecondProviderOfARoleIsRefused) {
  const auto order = order_plugins({{"one", {"runtime"}, {}}, {"two", {"runtime"}, {}}});
  EXPECT_THAT(order.sequence, ElementsAre(0));
  EXPECT_EQ(order.refused.at(1),
            "the role runtime is provided by one already; disable one of them with [plugins.two] enabled = false");
}

TEST(PluginGraph, ACycleIsReportedAsItsChain) {
  const auto order = order_plugins(
      {{"a", {"a"}, {"b"}}, {"b", {"b"}, {"c"}}, {"c", {"c"}, {"a"}}, {"d", {"d"}, {}}, {"self", {"self"}, {"self"}}});
  EXPECT_THAT(order.sequence, ElementsAre(3));
  EXPECT_EQ(order.refused.at(0),
            "needs form a cycle, a needs b needs c needs a; one of them has to start without the other");
  EXPECT_EQ(order.refused.size(), 4U);
  EXPECT_EQ(order.refused.at(4), "needs form a cycle, self needs self; one of them has to start without the other");
}

TEST(PluginGraph, ANeedThatNobodyProvidesRefusesNothing) {
  EXPECT_THAT(order_plugins({{"a", {"a"}, {"nobody"}}}).sequence, ElementsAre(0));
}

}  // namespace
}  // namespace hive::host
