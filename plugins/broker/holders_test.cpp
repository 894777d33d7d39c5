#include "holders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hive::broker {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HoldersTest : public ::testing::Test {
 protected:
  HoldersTest() { holders_.start({{"alice", "a1"}, {"bob"}, {"manager"}}); }

  std::vector<std::string> heard_;
  Holders holders_{[this](Party party) { heard_.push_back(party.name + "=" + party.incarnation.value_or("nobody")); }};
};

TEST_F(HoldersTest, TellsOnlyWhatTheMailboxesDidNotKnow) {
  holders_.hold("alice", "a1");
  EXPECT_THAT(heard_, IsEmpty());
  holders_.hold("alice", "a2"), holders_.hold("bob", "b1");
  EXPECT_THAT(heard_, ElementsAre("alice=a2", "bob=b1"));
  EXPECT_EQ(holders_.party("alice").incarnation, "a2");
  EXPECT_EQ(holders_.party("manager").incarnation, std::nullopt) << "nobody has said";
}

TEST_F(HoldersTest, APurgeOfAnEarlierIncarnationTakesNoNameAway) {
  holders_.hold("alice", "a2");
  holders_.release("alice", "a1");
  EXPECT_EQ(holders_.party("alice").incarnation, "a2");
  holders_.release("alice", "a2");
  EXPECT_THAT(heard_, ElementsAre("alice=a2", "alice=nobody"));
}

TEST_F(HoldersTest, WhoIsNoMoreWasPurgedWhileNobodyListened) {
  holders_.judge({{"carol", "c1"}});
  EXPECT_THAT(heard_, ElementsAre("carol=c1", "alice=nobody", "bob=nobody")) << "the manager's mailbox stays";
}

}  // namespace
}  // namespace hive::broker
