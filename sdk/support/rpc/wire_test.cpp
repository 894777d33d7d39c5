#include <hive/rpc/rate_limit.hpp>
#include <hive/rpc/wire.hpp>

#include <gtest/gtest.h>

namespace hive::rpc {
namespace {

using namespace std::chrono_literals;

TEST(Wire, ARequestIsStrict) {
  const auto good = request_of(R"({"method":"a\u002eb","id":"x","jsonrpc":"2.0"})");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->method, "a.b");
  EXPECT_EQ(good->id, R"("x")");
  EXPECT_EQ(good->params, "{}");
  for (const auto* bad :
       {R"({"jsonrpc":"2.0"})", R"({"jsonrpc":"2.0","method":""})", R"({"jsonrpc":"2.0","method":"x","id":true})",
        R"({"jsonrpc":"2.0","method":"x","method":"x"})", R"({"jsonrpc":"2.0","method":"x","result":1})"})
    EXPECT_FALSE(request_of(bad)) << bad;
}

TEST(Wire, AnErrorCarriesItsNumberAndItsName) {
  EXPECT_EQ(error_line("7", Code::forbidden, "no"),
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32004,\"message\":\"no\",\"data\":{\"code\":"
            "\"forbidden\"}}}\n");
}

constexpr RateLimit::Clock::time_point kStart{1h};

/// The lines that are taken at `now` before one has to wait.
int taken(RateLimit& limit, RateLimit::Clock::time_point now) {
  int count = 0;
  while (limit.take_line(now) == 0s && count < 1'000) ++count;
  return count;
}

TEST(RateLimit, TakesABurstThenItsRate) {
  RateLimit limit({.per_second = 10, .burst = 2});
  EXPECT_EQ(taken(limit, kStart), 2);
  EXPECT_EQ(limit.pause(kStart), RateLimit::kLeastPause);
  EXPECT_EQ(taken(limit, kStart + 100ms), 1);
  EXPECT_EQ(taken(limit, kStart + 1h), 2);
}

TEST(RateLimit, InTheLongRunNoMoreThanItsRateIsTaken) {
  RateLimit limit({.per_second = 50, .burst = 10});
  int count = 0;
  for (auto now = kStart; now < kStart + 60s; now += std::max<RateLimit::Clock::duration>(limit.pause(now), 1ms))
    count += taken(limit, now);
  EXPECT_NEAR(count, 60 * 50 + 10, 1);
}

TEST(RateLimit, BytesCostWhateverIsInThem) {
  RateLimit limit({.per_second = 10, .burst = 8});
  limit.charge(5 << 10, kStart);
  EXPECT_EQ(taken(limit, kStart), 3);
  limit.charge(2 << 10, kStart);
  EXPECT_EQ(limit.pause(kStart), 200ms);
  EXPECT_EQ(taken(limit, kStart + 200ms), 0);
  EXPECT_EQ(taken(limit, kStart + 300ms), 1);
}

TEST(RateLimit, NobodyPausesForLongerThanABurstTakes) {
  RateLimit limit({.per_second = 10, .burst = 20});
  for (int i = 0; i < 100; ++i) limit.charge(1 << 20, kStart);
  EXPECT_EQ(limit.pause(kStart), 2s);
  EXPECT_FALSE(limit.is_full(kStart + 3s));
  EXPECT_TRUE(limit.is_full(kStart + 4s));
}

TEST(RateLimit, ALargeAnswerSilencesNobodyForMinutes) {
  RateLimit limit({.per_second = 10, .burst = 4'000});
  for (int i = 0; i < 100; ++i) limit.charge(1 << 20, kStart);
  EXPECT_EQ(limit.pause(kStart), RateLimit::kLongestPause);
}

TEST(RateLimit, AReadOfOneByteIsNotForNothing) {
  RateLimit limit({.per_second = 10, .burst = 8});
  int reads = 0;
  for (; limit.pause(kStart) == 0s; ++reads) limit.charge_read(1, kStart);
  EXPECT_EQ(reads, 8 * RateLimit::kBytesALine / RateLimit::kLeastRead);
}

TEST(RateLimit, NoneIsNoLimit) {
  RateLimit limit({});
  limit.charge(1 << 30, kStart);
  EXPECT_EQ(taken(limit, kStart), 1'000);
  EXPECT_TRUE(limit.is_full(kStart));
}

TEST(Wire, AnEventEndsWhereItsPayloadSays) {
  const auto line = event_line("e-1", "a.b", R"({"x":1})");
  EXPECT_EQ(line,
            "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"stamp\":\"e-1\",\"topic\":\"a.b\",\"payload\":{"
            "\"x\":1}}}\n");
  EXPECT_EQ(line.substr(line.size() - kAfterPayload - 7, 7), R"({"x":1})");
}

}  // namespace
}  // namespace hive::rpc
