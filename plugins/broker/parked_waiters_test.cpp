#include "parked.hpp"
#include "reply_size.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hive::broker {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ParkedWaitersTest : public ::testing::Test {
 protected:
  WaiterRef given_parked(const std::string& key) {
    auto waiter = std::make_shared<Waiter>();
    waiter->owner = "bob", waiter->key = key, waiter->most = 2;
    parked_.park(waiter);
    EXPECT_THAT(parked_.commit(), IsEmpty());
    return waiter;
  }

  Parked parked_;
};

TEST_F(ParkedWaitersTest, TheLongestParkedIsServedFirst) {
  const auto first = given_parked("k1"), second = given_parked("k2");
  EXPECT_EQ(parked_.first("bob"), first);
  parked_.answer(first);
  EXPECT_EQ(parked_.first("bob"), first) << "it may be given more in this group";
  EXPECT_THAT(parked_.commit(), ElementsAre(first));
  EXPECT_EQ(parked_.first("bob"), second);
  EXPECT_EQ(parked_.first("alice"), nullptr);
}

TEST_F(ParkedWaitersTest, WhomAMessageDoesNotFitGetsNoneThatComesLater) {
  const auto first = given_parked("k1"), second = given_parked("k2");
  first->bytes = kToolReplyBytes;
  EXPECT_EQ(parked_.choose("bob", 1'000), second);
  first->bytes = 0;
  EXPECT_EQ(parked_.choose("bob", 1), second);
}

TEST_F(ParkedWaitersTest, AGroupThatFailedLeavesEverybodyInPlace) {
  const auto waiter = given_parked("k");
  waiter->leased = {7};
  parked_.answer(waiter);
  const auto late = std::make_shared<Waiter>();
  late->owner = "bob", late->most = 1;
  parked_.park(late);
  parked_.roll_back();
  EXPECT_THAT(waiter->leased, IsEmpty());
  EXPECT_EQ(parked_.first("bob"), waiter);
  parked_.leave(waiter);
  EXPECT_THAT(parked_.commit(), IsEmpty()) << "nobody is told of a caller that left";
  EXPECT_EQ(parked_.first("bob"), nullptr);
}

TEST_F(ParkedWaitersTest, ARepeatEndsTheCallThatItRepeats) {
  const auto first = given_parked("k1"), second = given_parked("k2");
  parked_.end_repeated("bob", "k1");
  EXPECT_FALSE(first->status);
  EXPECT_EQ(parked_.first("bob"), second);
  parked_.end_all("bob", "its turn has ended");
  EXPECT_THAT(parked_.commit(), ElementsAre(first, second));
}

}  // namespace
}  // namespace hive::broker
