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

TEST(RateLimit, TakesABurstThenItsRate) {
  RateLimit limit({.per_second = 10, .burst = 2});
  const RateLimit::Clock::time_point start{1h};
  EXPECT_TRUE(limit.allow(start));
  EXPECT_TRUE(limit.allow(start));
  EXPECT_FALSE(limit.allow(start));
  EXPECT_FALSE(limit.allow(start + 50ms));
  EXPECT_TRUE(limit.allow(start + 200ms));
  EXPECT_TRUE(limit.allow(start + 1h));
  EXPECT_TRUE(limit.allow(start + 1h));
  EXPECT_FALSE(limit.allow(start + 1h));
}

TEST(RateLimit, NoneIsNoLimit) {
  RateLimit limit({});
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(limit.allow({}));
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
