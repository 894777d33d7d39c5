#include "arrival.hpp"

#include <hive/testing/test_host.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hive::broker {
namespace {

using ::testing::ElementsAre;
using namespace std::chrono_literals;

struct Outcome {
  std::string text;
};
constexpr auto fields(Of<Outcome>) {
  return shape(field<&Outcome::text>("text", "how the wait ended"));
}

constexpr Method<None, Outcome> kPark{.name = "t.park", .callers = Who::operators, .doc = "x"};
constexpr Event<None> kCome{"t.come", Who::operators, "x"};

class Subject {
 public:
  explicit Subject(Host& host) : host_(host) { steps.clear(); }
  Status start() {
    host_.answer(kPark, [this](Caller, None) { return park(); });
    host_.subscribe(kCome, [this](Stamp, None) {
      arrival_.come();
      steps.emplace_back("come returned");
    });
    return {};
  }

  static inline std::vector<std::string> steps;

 private:
  Task<Result<Outcome>> park() {
    auto came = co_await arrival_.wait(host_, milliseconds(1'000));
    steps.emplace_back("resumed");
    if (!came) co_return came.error();
    co_return Outcome{*came ? "came" : "time is up"};
  }

  Host& host_;
  Arrival arrival_;
};

class ArrivalTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(host_.load<Subject>()); }
  hive::testing::Pending park() { return host_.begin("operator", kPark, None{}); }
  void come() { host_.emit(kCome, None{}); }

  hive::testing::TestHost host_{"/nowhere"};
};

TEST_F(ArrivalTest, ResumesBeforeComeReturns) {
  auto parked = park();
  come();
  EXPECT_EQ(parked.get<Outcome>()->text, "came");
  EXPECT_THAT(Subject::steps, ElementsAre("resumed", "come returned"));
}

TEST_F(ArrivalTest, ATimeThatWasNotUpDisturbsNoLaterWait) {
  auto first = park();
  host_.advance(600ms);
  come();
  auto second = park();
  host_.advance(600ms);
  EXPECT_FALSE(second.settled());
  host_.advance(400ms);
  EXPECT_EQ(second.get<Outcome>()->text, "time is up");
  EXPECT_EQ(first.get<Outcome>()->text, "came");
}

TEST_F(ArrivalTest, WithNobodyParkedItIsNothing) {
  come();
  auto parked = park();
  EXPECT_FALSE(parked.settled());
}

TEST_F(ArrivalTest, ACallerThatGoesAwayEndsItsWait) {
  auto parked = park();
  parked.cancel();
  EXPECT_EQ(parked.get<Outcome>().error().code, Code::cancelled);
  come();
  EXPECT_THAT(Subject::steps, ElementsAre("resumed", "come returned"));
}

}  // namespace
}  // namespace hive::broker
